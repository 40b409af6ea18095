package dev.airlock.dsl;

import dev.airlock.dsl.graph.QuotaSpec;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import java.util.List;

/**
 * A step of a team's own, called once for each item of a list. What the calls give is one list
 * again, in the order of the items. Retries and the timeout count for each item.
 *
 * @param <T> the list of what its method gives
 */
public final class MapStage<T> extends Stage<T> {

  /** The most items that one stage keeps under way. */
  static final int MOST_AT_ONCE = 500;

  private static final int USUAL_AT_ONCE = 50;

  private int atOnce = USUAL_AT_ONCE;
  private Failures tolerated = Failures.atMost(0);
  private boolean shortTask;

  /**
   * @param nested whether each item is a list whose elements are mapped
   * @param mixed whether a stage comes after a param, or either after a secret
   */
  MapStage(
      StageDraft draft, TaskMethod method, boolean nested, boolean mixed, List<Secret> secrets) {
    super(draft);
    draft.finishBy(
        findings -> {
          if (mixed) {
            findings.add(
                "The map takes a stage after a param, or either after a secret.",
                "Let its method take the item, the results of stages, params, then secrets.");
          }
          if (atOnce < 1 || atOnce > MOST_AT_ONCE) {
            findings.add(
                "It has %d items under way at once.".formatted(atOnce),
                "Keep it between 1 and %d.".formatted(MOST_AT_ONCE));
          }
          secrets.forEach(secret -> secret.check(findings));
          QuotaSpec quota = tolerated.spec(findings);
          return TaskReference.read(method, draft.name(), findings)
              .map(
                  read ->
                      new Work.Task(
                          read.type(),
                          read.method(),
                          read.descriptor(),
                          shortTask,
                          secrets.stream().map(Secret::name).toList()))
              .map(task -> new Work.Map(task, nested, atOnce, quota))
              .orElse(null);
        });
  }

  /** At most so many items at a time, from 1 to 500. Without it, 50. */
  public MapStage<T> atOnce(int items) {
    atOnce = items;
    return this;
  }

  /** Lets some items fail. Without it, the first one that fails for good fails the stage. */
  public MapStage<T> tolerate(Failures failures) {
    tolerated = failures;
    return this;
  }

  /**
   * Promises that a call is idempotent, takes at most 2 s and needs no Spark. Such calls are made
   * many to an activity, which costs a fraction; each has its own attempts.
   */
  public MapStage<T> shortTask() {
    shortTask = true;
    draft().setTimeout(TaskStage.SHORT);
    return this;
  }

  @Override
  public MapStage<T> retry(int maximumAttempts) {
    super.retry(maximumAttempts);
    return this;
  }

  @Override
  public MapStage<T> retry(RetrySpec retry) {
    super.retry(retry);
    return this;
  }

  @Override
  public MapStage<T> timeout(Duration timeout) {
    super.timeout(timeout);
    return this;
  }
}
