package dev.airlock.store;

import dev.airlock.workflows.StageTask;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.util.Optional;

/** The attempt of the activity that this thread carries out, if it carries out one. */
final class CurrentAttempt {

  private CurrentAttempt() {}

  static Optional<Integer> of(StageTask task) {
    return context().map(context -> task.earlierAttempts() + context.getInfo().getAttempt());
  }

  /** Says that the activity is alive; throws where it has been cancelled. */
  static void heartbeat() {
    context().ifPresent(context -> context.heartbeat(null));
  }

  private static Optional<ActivityExecutionContext> context() {
    try {
      return Optional.of(Activity.getExecutionContext());
    } catch (IllegalStateException e) {
      // Temporal's way to say that no activity runs on this thread.
      return Optional.empty();
    }
  }
}
