package dev.airlock.store;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The first rows of versions of datasets, for people to look at. */
@RegisterConstructorMapper(DatasetSample.class)
@RegisterConstructorMapper(DatasetRow.class)
public interface DatasetSamples extends SqlObject {

  /** Writes down where a version's first rows lie. The first ones stay. */
  @SqlUpdate(
      """
      insert into dataset_sample (dataset, snapshot_id, digest, kept_at)
      values (:dataset, :snapshotId, :digest, now())
      on conflict (dataset, snapshot_id) do update
        set digest = excluded.digest, problem = null, kept_at = excluded.kept_at
        where dataset_sample.digest is null
      """)
  void keep(String dataset, long snapshotId, String digest);

  /** Says why a version's first rows can't be read. */
  @SqlUpdate(
      """
      update dataset_sample set problem = :problem
      where dataset = :dataset and snapshot_id = :snapshotId and digest is null
      """)
  void refuse(String dataset, long snapshotId, String problem);

  /** Asks for a version's first rows, where nobody has read them; once more after a problem. */
  @SqlUpdate(
      """
      insert into dataset_sample (dataset, snapshot_id) values (:dataset, :snapshotId)
      on conflict (dataset, snapshot_id) do update set problem = null, wanted_at = now()
        where dataset_sample.problem is not null
      """)
  void want(String dataset, long snapshotId);

  /** Asks for the first rows of the newest version of each dataset that has none. */
  @SqlUpdate(
      """
      insert into dataset_sample (dataset, snapshot_id)
      select distinct on (dataset) dataset, snapshot_id from dataset_version
      order by dataset, id desc
      on conflict (dataset, snapshot_id) do nothing
      """)
  int wantNewest();

  /** Versions whose first rows are asked for, oldest wish first. */
  @SqlQuery(
      """
      select v.* from dataset_sample s
      cross join lateral (
        select * from dataset_version
        where dataset = s.dataset and snapshot_id = s.snapshot_id
        order by id limit 1) v
      where s.digest is null and s.problem is null
      order by s.wanted_at
      limit :limit
      """)
  List<DatasetRow> wanted(int limit);

  @SqlQuery("select * from dataset_sample where dataset = :dataset and snapshot_id = :snapshotId")
  Optional<DatasetSample> find(String dataset, long snapshotId);
}
