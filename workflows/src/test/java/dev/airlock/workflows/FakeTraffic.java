package dev.airlock.workflows;

import dev.airlock.workflows.StageOutput.ApprovedVersion;
import dev.airlock.workflows.StageOutput.LiveVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Commands and what they move; carried to the model's workflow by whatever the test says. */
final class FakeTraffic implements DeploymentActivities, RoutingActivities {

  /** The one model. */
  static final String MODEL = "repeat-purchase";

  private final Map<String, Long> commands = new LinkedHashMap<>();
  private final Map<Long, StageTask> tasks = new LinkedHashMap<>();
  private final Map<Long, CommandOutcome> outcomes = new LinkedHashMap<>();
  private final List<String> calls = new ArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private Carrier carrier = commandId -> {};
  private @Nullable FakeRollouts rollouts;
  private @Nullable RolloutPlan plan;
  private @Nullable String refusal;
  private long firstKnown;

  /** What the outbox does. */
  interface Carrier {
    void carry(long commandId);
  }

  void carriedBy(Carrier someone) {
    carrier = someone;
  }

  void settleBy(FakeRollouts someRollouts) {
    rollouts = someRollouts;
  }

  /** The command of this plan begins a rollout; the others are carried out at once. */
  void begin(RolloutPlan somePlan) {
    plan = somePlan;
  }

  void refuse(String reason) {
    refusal = reason;
  }

  /** A gateway holds its lease, but acknowledges no epoch before this one. */
  synchronized void acknowledgeFrom(long epoch) {
    firstKnown = epoch;
  }

  void failNext(int callsOfShift) {
    failures.set(callsOfShift);
  }

  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public long request(StageTask task) {
    long id = idOf(task);
    carrier.carry(id);
    return id;
  }

  private synchronized long idOf(StageTask task) {
    long id = commands.computeIfAbsent(task.key(), key -> commands.size() + 1L);
    tasks.put(id, task);
    return id;
  }

  @Override
  public synchronized @Nullable CommandOutcome outcome(long commandId) {
    calls.add("outcome " + commandId);
    return outcomes.get(commandId);
  }

  @Override
  public synchronized CommandOutcome shift(long commandId) {
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("Connection to localhost:5432 refused.");
    }
    calls.add("shift " + commandId);
    if (plan != null && plan.commandId() == commandId) {
      return new CommandOutcome.Begun(plan);
    }
    return refusal == null
        ? new CommandOutcome.Live(new LiveVersion(MODEL, 1, approvalOf(commandId), commandId))
        : new CommandOutcome.Refused(refusal);
  }

  @Override
  public synchronized void awaitAcknowledged(String model, long epoch) {
    if (epoch < firstKnown) {
      throw new IllegalStateException("One gateway has not acknowledged epoch " + epoch + ".");
    }
    calls.add("acknowledged " + model + " " + epoch);
  }

  @Override
  public @Nullable CommandOutcome settled(long commandId) {
    RolloutPlan begun = plan;
    return begun != null && begun.commandId() != commandId
        ? null
        : Objects.requireNonNull(rollouts).settled();
  }

  @Override
  public synchronized @Nullable Long finish(long commandId, CommandOutcome outcome) {
    calls.add("finish " + commandId);
    outcomes.putIfAbsent(commandId, outcome);
    StageTask task = tasks.get(commandId);
    return task == null ? null : task.runId();
  }

  private long approvalOf(long commandId) {
    StageTask task = tasks.get(commandId);
    return task == null
        ? 1
        : task.inputs().values().stream()
            .filter(ApprovedVersion.class::isInstance)
            .map(ApprovedVersion.class::cast)
            .findFirst()
            .orElseThrow()
            .approvalId();
  }
}
