package dev.airlock.workflows;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.FlowSpec.Part;
import dev.airlock.dsl.graph.Guard;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.TriggerRule;
import dev.airlock.workflows.TriggerRules.Ends;
import dev.airlock.workflows.TriggerRules.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A stage among those before and after it. */
final class StageNode implements Comparable<StageNode> {

  private final int index;
  private final StageSpec stage;
  private final FlowSpec flow;
  private final Set<String> predecessors;
  private final List<StageNode> followers = new ArrayList<>();
  private final List<StageNode> concerned = new ArrayList<>();
  private final List<StageNode> belongsTo = new ArrayList<>();
  private @Nullable StageNode choice;
  private StageState state = StageState.PENDING;
  private @Nullable StageOutput output;
  private @Nullable StageError error;
  private int succeeded;
  private int failed;
  private int upstreamFailed;
  private int skipped;

  StageNode(int index, StageSpec stage) {
    this.index = index;
    this.stage = stage;
    this.flow = Objects.requireNonNullElse(stage.flow(), FlowSpec.PLAIN);
    this.predecessors = new LinkedHashSet<>(stage.inputs());
    this.predecessors.addAll(flow.after());
  }

  StageSpec stage() {
    return stage;
  }

  String name() {
    return stage.name();
  }

  StageState state() {
    return state;
  }

  @Nullable StageOutput output() {
    return output;
  }

  @Nullable StageError error() {
    return error;
  }

  /** Those whose ends its trigger rule counts. */
  Set<String> predecessors() {
    return predecessors;
  }

  /** The choice that its guard looks at, or null. */
  @Nullable String choice() {
    return flow.guard() == null ? null : flow.guard().choice();
  }

  @Nullable Part part() {
    return flow.part();
  }

  List<String> of() {
    return flow.of();
  }

  boolean mayFail() {
    return flow.mayFail();
  }

  boolean isTeardown() {
    return flow.part() == Part.TEARDOWN;
  }

  /** Whether only the end of the run can call for it. */
  boolean isForTheEnd() {
    return flow.part() == Part.COMPENSATION
        || (flow.part() == Part.ON_FAILURE && flow.of().isEmpty());
  }

  void addFollower(StageNode follower) {
    followers.add(follower);
    concerned.add(follower);
  }

  void dependOn(StageNode itsChoice) {
    choice = itsChoice;
    itsChoice.concerned.add(this);
  }

  void belongTo(StageNode other) {
    belongsTo.add(other);
    other.concerned.add(this);
  }

  /** The stages of which its end may decide. */
  List<StageNode> concerned() {
    return concerned;
  }

  void enter(StageState next) {
    state = next;
  }

  void give(StageOutput result) {
    output = result;
  }

  void fail(StageError why) {
    error = why;
  }

  void tellFollowers() {
    StageState end = isShortCut() ? StageState.SKIPPED : state;
    followers.forEach(follower -> follower.count(end));
  }

  /** What becomes of it, as long as it has not started. */
  Verdict verdict() {
    if (isTeardown()) {
      return teardown();
    }
    if (flow.part() == Part.ON_FAILURE) {
      return onFailure();
    }
    Verdict guarded = guarded();
    Verdict ruled =
        TriggerRules.judge(
            Objects.requireNonNullElse(flow.trigger(), TriggerRule.ALL_SUCCESS), ends());
    if (guarded == Verdict.SKIP || guarded == Verdict.FAIL) {
      return guarded;
    }
    return guarded == Verdict.WAIT && ruled == Verdict.START ? Verdict.WAIT : ruled;
  }

  private Verdict teardown() {
    if (!ends().areAllKnown() || belongsTo.stream().anyMatch(one -> !one.state.isFinal())) {
      return Verdict.WAIT;
    }
    return belongsTo.stream().anyMatch(StageNode::hasSucceeded) ? Verdict.START : Verdict.SKIP;
  }

  private Verdict onFailure() {
    if (belongsTo.stream().anyMatch(one -> one.state == StageState.FAILED)) {
      return Verdict.START;
    }
    return belongsTo.stream().allMatch(one -> one.state.isFinal()) ? Verdict.SKIP : Verdict.WAIT;
  }

  private Verdict guarded() {
    Guard guard = flow.guard();
    if (guard == null || choice == null) {
      return Verdict.START;
    }
    if (!choice.state.isFinal()) {
      return Verdict.WAIT;
    }
    if (choice.hasSucceeded()) {
      return guard.answers().contains(choice.answer()) ? Verdict.START : Verdict.SKIP;
    }
    return choice.state == StageState.SKIPPED ? Verdict.SKIP : Verdict.FAIL;
  }

  private Ends ends() {
    return new Ends(predecessors.size(), succeeded, failed, upstreamFailed, skipped);
  }

  private void count(StageState end) {
    switch (end) {
      case SUCCEEDED, CACHED -> succeeded++;
      case SKIPPED -> skipped++;
      case UPSTREAM_FAILED -> upstreamFailed++;
      default -> failed++;
    }
  }

  private boolean hasSucceeded() {
    return state == StageState.SUCCEEDED || state == StageState.CACHED;
  }

  private boolean isShortCut() {
    return flow.choice() != null
        && flow.choice().shortCircuit()
        && hasSucceeded()
        && Choices.NO.equals(answer());
  }

  private @Nullable String answer() {
    return output == null ? null : Choices.answer(output);
  }

  @Override
  public int compareTo(StageNode other) {
    return Integer.compare(index, other.index);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StageNode node && index == node.index;
  }

  @Override
  public int hashCode() {
    return index;
  }
}
