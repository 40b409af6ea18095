package dev.airlock.dsl;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.TriggerRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a stage starts, while the pipeline is being written. */
final class FlowDraft {

  private final List<Predecessor> after = new ArrayList<>();
  private final List<Answer> guards = new ArrayList<>();
  private final List<Stage<?>> of = new ArrayList<>();
  private @Nullable TriggerRule rule;
  private @Nullable StageGroup group;
  private FlowSpec.@Nullable Part part;
  private FlowSpec.@Nullable Choice choice;
  private @Nullable Boolean mayFail;

  void after(List<? extends Predecessor> earlier) {
    after.addAll(earlier);
  }

  List<Predecessor> after() {
    return after;
  }

  void guard(Answer answer) {
    guards.add(answer);
  }

  List<Answer> guards() {
    return guards;
  }

  void rule(TriggerRule trigger) {
    rule = trigger;
  }

  @Nullable TriggerRule rule() {
    return rule;
  }

  void group(StageGroup its) {
    group = its;
  }

  @Nullable StageGroup group() {
    return group;
  }

  void belong(FlowSpec.Part as, List<? extends Stage<?>> to) {
    part = as;
    of.addAll(to);
  }

  FlowSpec.@Nullable Part part() {
    return part;
  }

  List<Stage<?>> of() {
    return of;
  }

  void choose(FlowSpec.Choice among) {
    choice = among;
  }

  FlowSpec.@Nullable Choice choice() {
    return choice;
  }

  void mayFail(boolean may) {
    mayFail = may;
  }

  /** As it was said; a teardown may, unless it was said otherwise. */
  boolean mayFail() {
    return mayFail == null ? part == FlowSpec.Part.TEARDOWN : mayFail;
  }
}
