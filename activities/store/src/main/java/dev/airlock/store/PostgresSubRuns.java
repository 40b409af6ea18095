package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.SubRunActivities;
import dev.airlock.workflows.SubRunEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Runs that other runs ask for, as rows. */
final class PostgresSubRuns implements SubRunActivities {

  private final Jdbi jdbi;

  PostgresSubRuns(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public long requestRun(StageTask task) {
    try {
      return jdbi.inTransaction(handle -> request(handle, task));
    } catch (UnknownEntityException e) {
      throw StageFailure.of(StageFailure.BAD_PIPELINE, String.valueOf(e.getMessage()));
    } catch (InvalidParamsException e) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE, String.join(" ", e.problems()), e.problems());
    }
  }

  private static long request(Handle handle, StageTask task) {
    String stage = task.stage().name();
    RunRequest run = Inputs.run(handle, task);
    Work.SubPipeline work = Inputs.work(run, stage, Work.SubPipeline.class);
    requireNoCycle(handle, task.runId(), work.pipeline());
    Map<String, String> params = new TreeMap<>();
    work.params().forEach((name, value) -> params.put(name, value.in(run.params())));
    NewRun wish =
        new NewRun(
            work.pipeline(),
            params,
            run.logicalDate(),
            new Acting(
                run.requestedBy(), Origin.within(Origin.Channel.WORKFLOW, "run " + task.runId())),
            "pipeline",
            "Asked for by run %d, stage %s.".formatted(task.runId(), stage),
            task.key());
    long id = handle.attach(Runs.class).request(wish).id();
    handle
        .createUpdate(
            """
            update run set called_by = :caller, called_by_stage = :stage
            where id = :id and called_by is null
            """)
        .bind("caller", task.runId())
        .bind("stage", stage)
        .bind("id", id)
        .execute();
    return id;
  }

  /** Pipelines that call each other are refused when they are published; this one came later. */
  private static void requireNoCycle(Handle handle, long runId, String pipeline) {
    List<String> callers =
        handle
            .createQuery(
                """
                with recursive caller as (
                  select id, pipeline, called_by, 0 as depth from run where id = :run
                  union all
                  select r.id, r.pipeline, r.called_by, depth + 1
                  from run r join caller on r.id = caller.called_by)
                select pipeline from caller order by depth desc
                """)
            .bind("run", runId)
            .mapTo(String.class)
            .list();
    if (callers.contains(pipeline)) {
      List<String> circle = new ArrayList<>(callers);
      circle.add(pipeline);
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The pipeline '%s' would run itself: %s. Take one of these calls out."
              .formatted(pipeline, String.join(" runs ", circle)));
    }
  }

  @Override
  public @Nullable SubRunEnd endOfRun(long runId) {
    Run run =
        jdbi.onDemand(Runs.class)
            .find(runId)
            .orElseThrow(() -> new UnknownEntityException("There is no run " + runId + "."));
    return run.state().isFinal() ? new SubRunEnd(run.state(), run.error()) : null;
  }

  @Override
  public void cancelRun(long runId, long becauseOf) {
    jdbi.onDemand(Runs.class).cancel(runId, Acting.workflow("run " + becauseOf));
  }
}
