package dev.airlock.testing;

import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.DeploymentActivities;
import dev.airlock.workflows.RoutingActivities;
import dev.airlock.workflows.StageOutput.ApprovedVersion;
import dev.airlock.workflows.StageOutput.LiveVersion;
import dev.airlock.workflows.StageTask;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Routing in memory; commands reach the model's workflow at once. */
final class Traffic implements DeploymentActivities, RoutingActivities {

  private final Script script;
  private final Canaries canaries;
  private final Carrier carrier;
  private final Map<String, Long> ids = new LinkedHashMap<>();
  private final Map<Long, StageTask> commands = new LinkedHashMap<>();
  private final Map<Long, CommandOutcome> outcomes = new LinkedHashMap<>();

  Traffic(Script script, Canaries canaries, Carrier carrier) {
    this.script = script;
    this.canaries = canaries;
    this.carrier = carrier;
  }

  /** Signals the model's workflow. */
  interface Carrier {
    void carry(String model, long commandId);
  }

  @Override
  public long request(StageTask task) {
    long id;
    synchronized (this) {
      id = ids.computeIfAbsent(task.key(), key -> ids.size() + 1L);
      commands.putIfAbsent(id, task);
    }
    carrier.carry(approved(task).version().model(), id);
    return id;
  }

  @Override
  public synchronized @Nullable CommandOutcome outcome(long commandId) {
    return outcomes.get(commandId);
  }

  @Override
  public CommandOutcome shift(long commandId) {
    if (script.refusal().isPresent()) {
      return new CommandOutcome.Refused(script.refusal().get());
    }
    StageTask task = command(commandId);
    ApprovedVersion approved = approved(task);
    CanarySpec canary = ((Work.Deploy) task.stage().work()).canary();
    return canary != null && script.isLiveAlready()
        ? canaries.begin(commandId, task, approved, canary)
        : new CommandOutcome.Live(live(approved, commandId));
  }

  static LiveVersion live(ApprovedVersion approved, long epoch) {
    return new LiveVersion(
        approved.version().model(), approved.version().version(), approved.approvalId(), epoch);
  }

  private synchronized StageTask command(long commandId) {
    return Objects.requireNonNull(commands.get(commandId));
  }

  /** Nobody serves predictions here, so nobody needs to acknowledge. */
  @Override
  public void awaitAcknowledged(String model, long epoch) {}

  @Override
  public @Nullable CommandOutcome settled(long commandId) {
    return canaries.settled(commandId);
  }

  @Override
  public synchronized Long finish(long commandId, CommandOutcome outcome) {
    outcomes.putIfAbsent(commandId, outcome);
    return command(commandId).runId();
  }

  private static ApprovedVersion approved(StageTask task) {
    return task.inputs().values().stream()
        .filter(ApprovedVersion.class::isInstance)
        .map(ApprovedVersion.class::cast)
        .findFirst()
        .orElseThrow();
  }
}
