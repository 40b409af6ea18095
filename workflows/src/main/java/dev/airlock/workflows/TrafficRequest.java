package dev.airlock.workflows;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageOutput.LiveVersion;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How a run gets traffic: it asks the model's workflow, and learns from PostgreSQL what became of
 * that. The signal only says that it is worth looking; where it is lost, the run looks by itself.
 */
final class TrafficRequest {

  private static final Duration FIRST_LOOK = Duration.ofSeconds(15);
  private static final Duration RAREST_LOOK = Duration.ofMinutes(5);

  /** A canary takes days, and each look costs the run some of its history. */
  private static final Duration RAREST_LOOK_AT_A_CANARY = Duration.ofHours(6);

  private final DeploymentActivities deployments =
      Workflow.newActivityStub(DeploymentActivities.class, Outage.PATIENT);
  private final Set<Long> finished = new LinkedHashSet<>();

  /**
   * Returns once the version is live. A run that is cancelled meanwhile still waits: traffic may
   * have moved, and the stage must say so.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#NOT_APPROVED} where the gate
   *     is shut, {@link StageFailure#ROLLED_BACK} where a rollout has taken all traffic back, or
   *     another command has moved it on before every gateway knew
   */
  LiveVersion deploy(StageTask task) {
    CommandOutcome outcome =
        Objects.requireNonNull(
            Detached.call(() -> outcomeOf(deployments.request(task), rarestLook(task))));
    if (outcome instanceof CommandOutcome.Live live) {
      return live.version();
    }
    if (outcome instanceof CommandOutcome.TakenBack back) {
      throw StageFailure.of(StageFailure.ROLLED_BACK, words(back));
    }
    if (outcome instanceof CommandOutcome.Superseded superseded) {
      throw StageFailure.of(StageFailure.ROLLED_BACK, superseded.reason());
    }
    throw StageFailure.of(StageFailure.NOT_APPROVED, ((CommandOutcome.Refused) outcome).reason());
  }

  private static String words(CommandOutcome.TakenBack back) {
    String what =
        switch (back.state()) {
          case ABORTED -> "was aborted";
          case REFUSED -> "was refused";
          default -> "was rolled back";
        };
    return "Rollout %d %s; no customer meets the version any more. %s"
        .formatted(back.rolloutId(), what, back.reason());
  }

  /** The command is said to have an outcome. */
  void finished(long commandId) {
    finished.add(commandId);
  }

  /** Those of which {@link #finished} has spoken, and that nobody has asked for yet. */
  List<Long> finished() {
    return List.copyOf(finished);
  }

  private static Duration rarestLook(StageTask task) {
    return task.stage().work() instanceof Work.Deploy deploy && deploy.canary() != null
        ? RAREST_LOOK_AT_A_CANARY
        : RAREST_LOOK;
  }

  private CommandOutcome outcomeOf(long commandId, Duration rarest) {
    Duration pause = FIRST_LOOK;
    while (true) {
      Workflow.await(pause, () -> finished.contains(commandId));
      finished.remove(commandId);
      CommandOutcome outcome = deployments.outcome(commandId);
      if (outcome != null && !(outcome instanceof CommandOutcome.Begun)) {
        return outcome;
      }
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(rarest) < 0 ? longer : rarest;
    }
  }
}
