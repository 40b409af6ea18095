package dev.airlock.dsl;

import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A team's own step.
 *
 * @param <T> what its method gives
 */
public sealed class TaskStage<T> extends Stage<T> permits ChoiceStage {

  /** The longest that a short task may take. */
  static final Duration SHORT = Duration.ofSeconds(2);

  private boolean shortTask;

  /**
   * @param mixed whether a stage comes after a param, or either after a secret
   */
  TaskStage(StageDraft draft, TaskMethod method, boolean mixed, List<Secret> secrets) {
    super(draft);
    draft.finishBy(
        findings -> {
          if (mixed) {
            findings.add(
                "The task takes a stage after a param, or either after a secret.",
                "Let its method take the results of stages first, then params, then secrets.");
          }
          secrets.forEach(secret -> secret.check(findings));
          Optional<TaskReference> reference = TaskReference.read(method, draft.name(), findings);
          return reference
              .map(
                  read ->
                      new Work.Task(
                          read.type(),
                          read.method(),
                          read.descriptor(),
                          shortTask,
                          secrets.stream().map(Secret::name).toList()))
              .orElse(null);
        });
  }

  /**
   * Promises that the task is idempotent, takes at most 2 s and needs no Spark. It costs less to
   * start, has no heartbeat, and may run again after a crash.
   */
  public TaskStage<T> shortTask() {
    shortTask = true;
    draft().setTimeout(SHORT);
    return this;
  }
}
