package dev.airlock.store;

import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.RolloutState;
import dev.airlock.workflows.RoutingActivities;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends in PostgreSQL what Temporal knows nothing of any more, such as after a restart of a server
 * that keeps everything in memory: otherwise it would seem to go on for ever.
 */
public final class ForgottenRuns {

  private static final String TYPE = "forgotten";

  private ForgottenRuns() {}

  /**
   * Ends every run that had been carried to Temporal, every rollout, with all traffic back, and
   * every command that had no outcome. For the start beside a Temporal server that has kept
   * nothing, before anything is carried to it.
   *
   * @param because what the runs' pages say
   * @return how many runs it ended
   */
  public static int closeAll(Store store, String because) {
    List<Long> runs = store.outbox().carriedUnfinishedRuns();
    runs.forEach(run -> close(store, run, RunState.FAILED, because));
    store.rollouts().active().forEach(rollout -> end(store, rollout, because));
    store
        .outbox()
        .carriedUnfinishedCommands()
        .forEach(
            command ->
                store.routing(HaltPoint.NONE).finish(command, new CommandOutcome.Refused(because)));
    return runs.size();
  }

  private static void end(Store store, Rollout rollout, String because) {
    store.rolloutActivities(HaltPoint.NONE).end(rollout.id(), RolloutState.ABORTED, because);
    RoutingActivities routing = store.routing(HaltPoint.NONE);
    CommandOutcome outcome = routing.settled(rollout.commandId());
    if (outcome != null) {
      routing.finish(rollout.commandId(), outcome);
    }
  }

  /** Ends one run: its open stages are cancelled, its open question is withdrawn. */
  static void close(Store store, long runId, RunState state, String because) {
    RunDetail detail = store.runs().detail(runId).orElseThrow();
    if (detail.run().state().isFinal()) {
      return;
    }
    Instant now = Instant.now();
    store.runLedger().record(runId, cancelled(store, detail, now), detail.run().state());
    StageError error = state == RunState.FAILED ? new StageError(TYPE, because, List.of()) : null;
    store.runLedger().close(runId, state, error, now);
    store
        .approvals()
        .openOfRun(runId)
        .forEach(id -> store.jdbi().useTransaction(handle -> Gate.withdraw(handle, id)));
  }

  private static List<StageChange> cancelled(Store store, RunDetail detail, Instant now) {
    int sequence = store.runs().lastSequence(detail.run().id());
    List<StageChange> changes = new ArrayList<>();
    for (RunStage stage : detail.stages()) {
      if (!stage.state().isFinal()) {
        sequence++;
        changes.add(new StageChange(sequence, stage.name(), StageState.CANCELLED, now, null, null));
      }
    }
    return changes;
  }
}
