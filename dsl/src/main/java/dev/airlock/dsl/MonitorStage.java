package dev.airlock.dsl;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A monitor of the live model, to which rules can be added. There is nothing to read from it. */
public final class MonitorStage extends Stage<Void> {

  private final List<PendingRule> rules = new ArrayList<>();
  private @Nullable TimeSpan every;
  private Period window = Period.ofMonths(1);
  private int minimum = 500;

  MonitorStage(StageDraft draft) {
    super(draft);
    draft.finishBy(this::finish);
  }

  /** How often it looks, at least a second apart. */
  public MonitorStage every(Duration time) {
    return every(TimeSpan.of(time));
  }

  /** As {@link #every(Duration)}, from a param of the run. */
  public MonitorStage every(Param<Duration> time) {
    return every(TimeSpan.of(time));
  }

  private MonitorStage every(TimeSpan time) {
    this.every = time;
    draft().read(time.params());
    return this;
  }

  /**
   * The length of a window of event time (UTC): months, counted from the first of a month, or days,
   * counted from Monday 1970-01-05. A month, unless said otherwise.
   */
  public MonitorStage window(Period length) {
    this.window = length;
    return this;
  }

  /**
   * The fewest predictions, and the fewest matured labels, that a window's figures may rest on; 500
   * unless said otherwise. Below it the data is insufficient, which is never a pass.
   */
  public MonitorStage minimum(int rows) {
    this.minimum = rows;
    return this;
  }

  /** A rule: what happens when a window shows this. */
  public PendingRule when(Condition condition) {
    PendingRule rule = new PendingRule(this, condition);
    rules.add(rule);
    return rule;
  }

  /** A rule on matured labels: what happens when a window shows this. The bound is absolute. */
  public PendingRule when(Requirement requirement) {
    return when(
        new Condition.OfMetric(
            requirement.metric(), requirement.comparison(), requirement.bound()));
  }

  @Override
  public MonitorStage with(Param<?>... params) {
    super.with(params);
    return this;
  }

  @Override
  public MonitorStage retry(int maximumAttempts) {
    super.retry(maximumAttempts);
    return this;
  }

  @Override
  public MonitorStage retry(RetrySpec retry) {
    super.retry(retry);
    return this;
  }

  @Override
  public MonitorStage timeout(Duration timeout) {
    super.timeout(timeout);
    return this;
  }

  private @Nullable Work finish(Findings findings) {
    MonitorChecks.check(every, window, minimum, findings);
    List<RuleSpec> specs =
        rules.stream().map(rule -> rule.spec(findings)).filter(Objects::nonNull).toList();
    return every == null ? null : new Work.Monitor(every.setting(), window, minimum, specs);
  }
}
