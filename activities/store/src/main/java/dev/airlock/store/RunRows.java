package dev.airlock.store;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.ResumePlan;
import dev.airlock.workflows.StageOutput;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** The rows that a run begins with, in the caller's transaction. */
final class RunRows {

  private RunRows() {}

  /**
   * Writes a run down, all its stages pending.
   *
   * @param held whether it waits for its turn
   * @return its id; empty where the wish's idempotency key has made a run before
   */
  static Optional<Long> insert(Handle handle, NewRun wish, CheckedRun checked, boolean held) {
    PipelineVersion version = checked.version();
    Optional<Long> inserted = insertRun(handle, wish, version, checked.params(), held);
    inserted.ifPresent(
        id -> {
          insertStages(handle, id, version.graph().stages());
          Deadlines.plan(handle, id, version.graph());
          if (wish.resumption() != null) {
            insertReuse(handle, id, wish.resumption());
          }
          RunAudit.started(handle, id, wish, checked);
        });
    return inserted;
  }

  private static Optional<Long> insertRun(
      Handle handle,
      NewRun wish,
      PipelineVersion version,
      SortedMap<String, String> params,
      boolean held) {
    Instant logicalDate = wish.logicalDate() == null ? Instant.now() : wish.logicalDate();
    return handle
        .createQuery(
            """
            insert into run (pipeline, version, logical_date, params, requested_by, triggered_by,
                             trigger_detail, note, idempotency_key, parent, held)
            values (:pipeline, :version, :logicalDate, :params::jsonb, :requestedBy, :triggeredBy,
                    :triggerDetail::jsonb, :note, :key, :parent, :held)
            on conflict (pipeline, idempotency_key) do nothing
            returning id
            """)
        .bind("pipeline", version.pipeline())
        .bind("version", version.version())
        .bind("logicalDate", logicalDate)
        .bind("params", Json.write(params))
        .bind("requestedBy", wish.requestedBy())
        .bind("triggeredBy", wish.triggeredBy())
        .bind("triggerDetail", wish.triggerDetail())
        .bind("note", wish.note())
        .bind("key", wish.idempotencyKey())
        .bind("parent", wish.resumption() == null ? null : wish.resumption().parent())
        .bind("held", held)
        .mapTo(Long.class)
        .findOne();
  }

  private static void insertStages(Handle handle, long runId, List<StageSpec> stages) {
    PreparedBatch batch =
        handle.prepareBatch(
            "insert into stage (run_id, name, position, kind) values (:run, :name, :position, :kind)");
    for (int position = 0; position < stages.size(); position++) {
      StageSpec stage = stages.get(position);
      batch
          .bind("run", runId)
          .bind("name", stage.name())
          .bind("position", position)
          .bind("kind", stage.work().kind())
          .add();
    }
    batch.execute();
  }

  private static void insertReuse(Handle handle, long runId, NewRun.Resumption resumption) {
    PreparedBatch batch =
        handle.prepareBatch(
            """
            insert into stage_reuse (run_id, stage, decided_by, made_by, output, reason)
            values (:run, :stage, 'resume', :madeBy, :output::jsonb, :reason)
            """);
    for (ResumePlan.Planned planned : resumption.plan().stages()) {
      StageOutput output = resumption.outputs().get(planned.stage());
      batch
          .bind("run", runId)
          .bind("stage", planned.stage())
          .bind("madeBy", planned.madeBy())
          .bind("output", output == null ? null : Json.write(output))
          .bind("reason", planned.why())
          .add();
    }
    batch.execute();
  }

  /** The results that a run that resumes another one begins with, by stage. */
  static @Nullable Map<String, StageOutput> reused(Handle handle, Run run) {
    if (run.parent() == null) {
      return null;
    }
    Map<String, StageOutput> reused = new LinkedHashMap<>();
    handle
        .createQuery(
            """
            select stage, output from stage_reuse
            where run_id = :run and decided_by = 'resume' and output is not null order by stage
            """)
        .bind("run", run.id())
        .map(
            (row, context) ->
                Map.entry(
                    row.getString("stage"), Json.read(row.getString("output"), StageOutput.class)))
        .forEach(entry -> reused.put(entry.getKey(), entry.getValue()));
    return reused;
  }
}
