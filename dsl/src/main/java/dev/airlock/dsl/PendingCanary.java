package dev.airlock.dsl;

import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Work;
import java.util.List;

/** A canary that does not say yet what happens when its analysis fails. */
public final class PendingCanary {

  private final StageDraft draft;
  private List<Canary.Step> steps = List.of();
  private List<Condition> conditions = List.of();

  PendingCanary(StageDraft draft) {
    this.draft = draft;
  }

  /** Rising weights, each but the last with a hold; the last is 100. */
  public PendingCanary steps(Canary.Step... all) {
    this.steps = List.of(all);
    return this;
  }

  /** What must hold at each step, and can be known within its hold. */
  public PendingCanary promoteWhile(Conditions all) {
    this.conditions = all.all();
    return this;
  }

  /** As soon as a condition does not hold, all traffic goes back to what was live before. */
  public Stage<Deployment> orRollBack() {
    steps.forEach(step -> draft.read(step.params()));
    draft.finishBy(this::finish);
    return new Stage<>(draft);
  }

  private Work finish(Findings findings) {
    CanaryChecks.check(steps, conditions, findings);
    return new Work.Deploy(
        Work.Strategy.CANARY,
        new CanarySpec(steps.stream().map(Canary.Step::spec).toList(), conditions));
  }
}
