package dev.airlock.testing;

import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.AnalysisActivities;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.RolloutActivities;
import dev.airlock.workflows.RolloutAnalysis;
import dev.airlock.workflows.RolloutAnalysis.Finding;
import dev.airlock.workflows.RolloutAnalysis.Verdict;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RolloutShift;
import dev.airlock.workflows.RolloutState;
import dev.airlock.workflows.StageOutput.ApprovedVersion;
import dev.airlock.workflows.StageOutput.LiveVersion;
import dev.airlock.workflows.StageTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Rollouts in memory, found as the script says; a rollout's id is that of its command. */
final class Canaries implements RolloutActivities, AnalysisActivities {

  private final Script script;
  private final LongConsumer begun;
  private final Map<Long, Canary> canaries = new LinkedHashMap<>();

  /** One rollout. */
  private static final class Canary {

    private final String stage;
    private final RolloutPlan plan;
    private final LiveVersion live;
    private final List<Integer> weights = new ArrayList<>();
    private final NavigableMap<Long, RolloutControl> unsettled = new TreeMap<>();
    private final Map<Integer, Instant> unclearSince = new LinkedHashMap<>();
    private @Nullable RolloutState end;
    private String because = "";

    private Canary(String stage, RolloutPlan plan, LiveVersion live) {
      this.stage = stage;
      this.plan = plan;
      this.live = live;
    }
  }

  /**
   * @param begun called with each rollout's id, once
   */
  Canaries(Script script, LongConsumer begun) {
    this.script = script;
    this.begun = begun;
  }

  /** The rollout of a command, begun where it has not been yet. */
  CommandOutcome begin(
      long commandId, StageTask task, ApprovedVersion approved, CanarySpec canary) {
    boolean fresh;
    RolloutPlan plan;
    synchronized (this) {
      fresh = !canaries.containsKey(commandId);
      plan =
          canaries.computeIfAbsent(
                  commandId,
                  id ->
                      new Canary(
                          task.stage().name(),
                          plan(id, task, approved, canary),
                          Traffic.live(approved, id)))
              .plan;
    }
    if (fresh) {
      begun.accept(commandId);
    }
    return new CommandOutcome.Begun(plan);
  }

  private static RolloutPlan plan(
      long id, StageTask task, ApprovedVersion approved, CanarySpec canary) {
    return new RolloutPlan(
        id,
        id,
        approved.version().model(),
        approved.version().version(),
        approved.version().version() - 1,
        canary.steps().stream()
            .map(step -> new RolloutPlan.Step(step.weight(), hold(step.hold(), task)))
            .toList(),
        canary.promoteWhile());
  }

  private static @Nullable Duration hold(@Nullable Setting hold, StageTask task) {
    return hold == null ? null : Duration.parse(hold.in(task.params()));
  }

  /** The weights of a canary's traffic, in the order in which they came into force. */
  synchronized List<Integer> weights(StageSpec stage) {
    return canaries.values().stream()
        .filter(canary -> canary.stage.equals(stage.name()))
        .findFirst()
        .map(canary -> List.copyOf(canary.weights))
        .orElse(List.of());
  }

  synchronized @Nullable CommandOutcome settled(long commandId) {
    Canary canary = canaries.get(commandId);
    if (canary == null || canary.end == null) {
      return null;
    }
    return switch (canary.end) {
      case PROMOTED -> new CommandOutcome.Live(canary.live);
      case REFUSED -> new CommandOutcome.Refused(canary.because);
      default -> new CommandOutcome.TakenBack(commandId, canary.end, canary.because);
    };
  }

  @Override
  public synchronized RolloutShift shiftTo(
      long rolloutId, int sequence, int step, int weight, String reason) {
    return shifted(rolloutId, sequence, weight);
  }

  @Override
  public synchronized RolloutShift promote(long rolloutId, int sequence, String reason) {
    return shifted(rolloutId, sequence, 100);
  }

  private RolloutShift shifted(long rolloutId, int sequence, int weight) {
    List<Integer> weights = canary(rolloutId).weights;
    if (weights.size() < sequence) {
      weights.add(weight);
    }
    return new RolloutShift.Shifted(rolloutId + sequence);
  }

  /** Nobody reads it here. */
  @Override
  public void note(
      long rolloutId, RolloutState state, int step, @Nullable Instant heldUntil, String because) {}

  /** Somebody has a wish now. */
  synchronized void ask(long rolloutId, long controlId, Wish wish) {
    canary(rolloutId)
        .unsettled
        .put(
            controlId,
            new RolloutControl(controlId, rolloutId, wish.kind(), wish.person(), wish.reason()));
  }

  @Override
  public synchronized List<RolloutControl> unsettled(long rolloutId) {
    return List.copyOf(canary(rolloutId).unsettled.values());
  }

  /** Nobody waits for the answer here. */
  @Override
  public synchronized void settle(long controlId, boolean taken, String answer) {
    canaries.values().forEach(canary -> canary.unsettled.remove(controlId));
  }

  @Override
  public synchronized void end(long rolloutId, RolloutState state, String because) {
    Canary canary = canary(rolloutId);
    if (canary.end == null) {
      canary.end = state;
      canary.because = because;
    }
  }

  @Override
  public synchronized RolloutAnalysis analyse(
      RolloutPlan plan, int step, int number, Instant since) {
    Canary canary = canary(plan.rolloutId());
    int weight = plan.steps().get(step).weight();
    Script.Finding scripted = script.finding(canary.stage, weight);
    Verdict verdict = scripted.verdict();
    // What is not clear in one hold is in the next: somebody has looked, and let it go on.
    if (verdict == Verdict.INCONCLUSIVE
        && !canary.unclearSince.computeIfAbsent(step, first -> since).equals(since)) {
      verdict = Verdict.SUCCESS;
    }
    Verdict found = verdict;
    return new RolloutAnalysis(
        found,
        plan.promoteWhile().stream()
            .limit(1)
            .map(condition -> new Finding(condition, null, 0, found, scripted.detail()))
            .toList());
  }

  /** The rollouts that have begun. */
  synchronized List<Long> rollouts() {
    return canaries.values().stream().map(canary -> canary.plan.rolloutId()).toList();
  }

  private Canary canary(long rolloutId) {
    return Objects.requireNonNull(canaries.get(rolloutId));
  }
}
