package dev.airlock.store;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageState;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.json.Json;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.FetchSize;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** The items of maps: whose turn it is, and how each ended. */
@RegisterConstructorMapper(ItemRow.class)
@RegisterConstructorMapper(ItemAttempt.class)
@RegisterConstructorMapper(ItemCount.class)
public interface Items extends SqlObject {

  /** Makes the rows of a map's items. Idempotent under (run, stage, index). */
  @SqlUpdate(
      """
      insert into stage_item (run_id, stage, index)
      select :runId, :stage, index from generate_series(0, :count - 1) as index
      on conflict (run_id, stage, index) do nothing
      """)
  void open(long runId, String stage, int count);

  /**
   * Begins an attempt at each of the items that has no result yet; earlier attempts at them are
   * fenced off from now on.
   *
   * @param from the first index
   * @param to the index after the last
   */
  @SqlQuery(
      """
      with claimed as (
        update stage_item
        set state = 'running', attempt = attempt + 1, worker = :worker, started_at = now(),
            ended_at = null, error = null
        where run_id = :runId and stage = :stage and index >= :from and index < :to
          and state <> 'succeeded'
        returning index, attempt)
      select index, attempt, attempt as claimed from claimed order by index
      """)
  List<ItemAttempt> claim(long runId, String stage, int from, int to, String worker);

  /** Writes down how attempts ended, those apart that a later one has fenced off. */
  default void finish(long runId, String stage, List<ItemEnd> ends) {
    finish(runId, stage, dev.airlock.workflows.Json.write(ends));
  }

  /** The statement behind {@link #finish(long, String, List)}. */
  @SqlUpdate(
      """
      update stage_item as i
      set state = e.state, attempt = e.attempt, started_at = e."startedAt",
          ended_at = e."endedAt", error = e.error, result = e.result,
          result_digest = e."resultDigest"
      from jsonb_to_recordset(:ends::jsonb) as e(
        index int, attempt int, claimed int, state text, "startedAt" timestamptz, "endedAt" timestamptz,
        error jsonb, result text, "resultDigest" text)
      where i.run_id = :runId and i.stage = :stage and i.index = e.index
        and i.state = 'running' and i.attempt = e.claimed
      """)
  void finish(long runId, String stage, String ends);

  /** As {@link dev.airlock.workflows.ItemLedger#itemsLost}. */
  @SqlUpdate(
      """
      update stage_item set state = 'failed', ended_at = now(), error = :error
      where run_id = :runId and stage = :stage and index >= :from and index < :to
        and state in ('pending', 'running')
      """)
  int lost(long runId, String stage, int from, int to, @Json StageError error);

  /** As {@link dev.airlock.workflows.ItemLedger#cancelItems}. */
  @SqlUpdate(
      """
      update stage_item set state = 'cancelled', ended_at = now()
      where run_id = :runId and stage = :stage and state in ('pending', 'running')
      """)
  void cancelRest(long runId, String stage);

  /** Each item that has a result, in the order of the list. */
  @Transaction
  default void results(long runId, String stage, Consumer<ItemRow> reader) {
    try (ResultIterator<ItemRow> rows = succeeded(runId, stage)) {
      rows.forEachRemaining(reader);
    }
  }

  /** The rows behind {@link #results}. */
  @FetchSize(500)
  @SqlQuery(
      """
      select * from stage_item
      where run_id = :runId and stage = :stage and state = 'succeeded' order by index
      """)
  ResultIterator<ItemRow> succeeded(long runId, String stage);

  /** How many items of each map of a run are in each state. */
  @SqlQuery(
      """
      select stage, state, count(*)::int as count from stage_item where run_id = :runId
      group by stage, state order by stage, state
      """)
  List<ItemCount> counts(long runId);

  /**
   * Items of a map in the order of the list.
   *
   * @param state only those in this state, or null
   * @param limit of the page, at most {@link Page#LARGEST}
   * @param cursor of an earlier page, or null for the first
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<ItemRow> list(
      long runId, String stage, @Nullable StageState state, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    long after = cursor == null ? -1 : Page.before(cursor);
    return Page.of(
        listAfter(runId, stage, state, after, bounded + 1), bounded, item -> item.index());
  }

  /** The rows behind {@link #list}. */
  @SqlQuery(
      """
      select * from stage_item
      where run_id = :runId and stage = :stage and index > :after
        and (:state::text is null or state = :state)
      order by index limit :limit
      """)
  List<ItemRow> listAfter(
      long runId, String stage, @Nullable StageState state, long after, int limit);
}
