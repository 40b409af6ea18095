package dev.airlock.workflows;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageOutput.StartedRun;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Has other pipelines run. A run is a row before Temporal knows it, and its end is, too: the signal
 * only says that it is worth looking; where it is lost, this run looks by itself.
 */
final class SubRuns implements StageRunner {

  private static final Duration FIRST_LOOK = Duration.ofSeconds(30);

  /** Such a run may wait for people, for days, and each look costs this one some history. */
  private static final Duration RAREST_LOOK = Duration.ofHours(1);

  private final SubRunActivities runs =
      Workflow.newActivityStub(SubRunActivities.class, Outage.PATIENT);
  private final Set<Long> ended = new LinkedHashSet<>();

  @Override
  public Promise<? extends StageOutput> start(StageTask task) {
    return Async.function(() -> run(task));
  }

  @Override
  public boolean takesItsTime() {
    return true;
  }

  @Override
  public boolean isTakenUp() {
    return true;
  }

  /** The run is said to have ended. */
  void ended(long runId) {
    ended.add(runId);
  }

  private StartedRun run(StageTask task) {
    Work.SubPipeline work = (Work.SubPipeline) task.stage().work();
    long id = Objects.requireNonNull(Detached.call(() -> runs.requestRun(task)));
    StartedRun started = new StartedRun(id, work.pipeline());
    if (!work.waits()) {
      return started;
    }
    SubRunEnd end;
    try {
      end = await(id);
    } catch (CanceledFailure cancelled) {
      Detached.run(
          () -> {
            runs.cancelRun(id, task.runId());
            await(id);
          });
      throw cancelled;
    }
    if (end.state() == RunState.SUCCEEDED) {
      return started;
    }
    throw StageFailure.of(StageFailure.SUB_PIPELINE_FAILED, words(started, end), details(end));
  }

  private SubRunEnd await(long id) {
    Duration pause = FIRST_LOOK;
    while (true) {
      Workflow.await(pause, () -> ended.contains(id));
      ended.remove(id);
      SubRunEnd end = runs.endOfRun(id);
      if (end != null) {
        return end;
      }
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(RAREST_LOOK) < 0 ? longer : RAREST_LOOK;
    }
  }

  private static String words(StartedRun run, SubRunEnd end) {
    String why = end.error() == null ? "" : ": " + end.error().message();
    return "Run %d of %s %s%s"
        .formatted(
            run.runId(),
            run.pipeline(),
            end.state() == RunState.CANCELLED ? "was cancelled" : "failed",
            why.isEmpty() ? "." : why);
  }

  private static List<String> details(SubRunEnd end) {
    return end.error() == null ? List.of() : end.error().details();
  }
}
