package dev.airlock.dsl;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import org.jspecify.annotations.Nullable;

/** A rule of a monitor that does not say yet what it leads to. */
public final class PendingRule {

  private final MonitorStage monitor;
  private final Condition condition;
  private int windows = 1;
  private @Nullable Double recovery;
  private @Nullable Consequence consequence;
  private @Nullable Cooldown cooldown;

  PendingRule(MonitorStage monitor, Condition condition) {
    this.monitor = monitor;
    this.condition = condition;
  }

  /** How many windows in a row must show it; one, unless said otherwise. */
  public PendingRule lasting(int inARow) {
    this.windows = inARow;
    return this;
  }

  /**
   * The figure from which on it counts as over, on the good side of the rule's own bound, so that
   * an alert does not open and close with every window.
   */
  public PendingRule recoveringAt(double figure) {
    this.recovery = figure;
    return this;
  }

  /** An alert, for somebody to look at in the morning. */
  public MonitorStage openTicket() {
    return leadingTo(Consequence.OPEN_TICKET);
  }

  /**
   * An alert, and a new run of the pipeline, which passes the same gate.
   *
   * @param pause how long no other retrain is started after this one
   */
  public MonitorStage retrain(Cooldown pause) {
    this.cooldown = pause;
    monitor.draft().read(pause.time().params());
    return leadingTo(Consequence.RETRAIN);
  }

  /** An alert, and all traffic back to the version that was live before. */
  public MonitorStage rollBack() {
    return leadingTo(Consequence.ROLL_BACK);
  }

  private MonitorStage leadingTo(Consequence what) {
    this.consequence = what;
    return monitor;
  }

  @Nullable RuleSpec spec(Findings findings) {
    if (consequence == null) {
      findings.add(
          "The rule on %s does not say what it leads to."
              .formatted(ConditionChecks.name(condition)),
          "End it with .openTicket(), .retrain(…) or .rollBack().");
      return null;
    }
    RuleSpec rule =
        new RuleSpec(
            condition,
            windows,
            recovery,
            consequence,
            cooldown == null ? null : cooldown.time().setting());
    MonitorChecks.check(rule, findings);
    if (cooldown != null) {
      MonitorChecks.checkCooldown(cooldown.time(), findings);
    }
    return rule;
  }
}
