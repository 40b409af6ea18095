package dev.airlock.store;

import dev.airlock.workflows.StageOutput;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** Datasets and their published versions. */
@RegisterConstructorMapper(DatasetRow.class)
@RegisterConstructorMapper(DatasetSummary.class)
public interface Datasets extends SqlObject {

  /**
   * Writes down a version that has been published to main, and starts the runs that have waited for
   * it. Idempotent under (run, stage): the first one stays and is the answer.
   *
   * @param attempt the attempt that publishes, from 1
   * @throws io.temporal.failure.ApplicationFailure fenced, where a later attempt has begun
   */
  @Transaction
  default DatasetRow publish(
      long runId, String stage, int attempt, StageOutput.DatasetVersion version) {
    Handle handle = getHandle();
    Attempts.requireCurrent(handle, runId, stage, attempt);
    handle
        .createUpdate("insert into dataset (name) values (:name) on conflict do nothing")
        .bind("name", version.dataset())
        .execute();
    int inserted =
        handle
            .createUpdate(
                """
            insert into dataset_version (dataset, run_id, stage, snapshot_id, row_count, columns)
            values (:dataset, :run, :stage, :snapshot, :rows, :columns::jsonb)
            on conflict (run_id, stage) do nothing
            """)
            .bind("dataset", version.dataset())
            .bind("run", runId)
            .bind("stage", stage)
            .bind("snapshot", version.snapshotId())
            .bind("rows", version.rows())
            .bind("columns", dev.airlock.workflows.Json.write(version.columns()))
            .execute();
    if (inserted == 1) {
      DatasetTriggers.published(handle, version.dataset());
      Events.published(handle, version.dataset());
    }
    return published(runId, stage).orElseThrow();
  }

  /** The version that a stage of a run has published. */
  @SqlQuery("select * from dataset_version where run_id = :runId and stage = :stage")
  Optional<DatasetRow> published(long runId, String stage);

  /**
   * Writes down what an attempt at an ingest has read, by its SHA-256. Idempotent under (run,
   * stage, attempt).
   */
  @SqlUpdate(
      """
      insert into source_read (run_id, stage, attempt, digest)
      values (:runId, :stage, :attempt, :digest) on conflict do nothing
      """)
  void read(long runId, String stage, int attempt, String digest);

  /**
   * Writes down that a branch is about to be dropped: what lies on it alone is gone from now on.
   * Idempotent.
   */
  @SqlUpdate(
      """
      insert into dropped_branch (dataset, branch) values (:dataset, :branch)
      on conflict do nothing
      """)
  void dropping(String dataset, String branch);

  /** The newest version. */
  @SqlQuery("select * from dataset_version where dataset = :dataset order by id desc limit 1")
  Optional<DatasetRow> newest(String dataset);

  /** The version of this snapshot; the first one where several stages gave it. */
  @SqlQuery(
      """
      select * from dataset_version where dataset = :dataset and snapshot_id = :snapshotId
      order by id limit 1
      """)
  Optional<DatasetRow> version(String dataset, long snapshotId);

  /** Newest first. */
  @SqlQuery("select * from dataset_version where dataset = :dataset order by id desc")
  List<DatasetRow> versions(String dataset);

  /**
   * A part of a dataset's versions, newest first.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<DatasetRow> versions(String dataset, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(
        versionsBefore(dataset, Page.before(cursor), bounded + 1), bounded, DatasetRow::id);
  }

  /** The rows behind {@link #versions(String, int, String)}. */
  @SqlQuery(
      """
      select * from dataset_version where dataset = :dataset and id < :before
      order by id desc limit :limit
      """)
  List<DatasetRow> versionsBefore(String dataset, long before, int limit);

  /**
   * A part of the datasets with their newest versions, by name.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<DatasetSummary> page(int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.ofNames(listAfter(Page.after(cursor), bounded + 1), bounded, DatasetSummary::name);
  }

  /** The rows behind {@link #page}. */
  @SqlQuery(
      """
      select d.name, v.snapshot_id, v.row_count, v.published_at,
             (select count(*) from dataset_version c where c.dataset = d.name) as versions
      from dataset d
      cross join lateral (
        select * from dataset_version where dataset = d.name order by id desc limit 1) v
      where d.name > :after
      order by d.name
      limit :limit
      """)
  List<DatasetSummary> listAfter(String after, int limit);
}
