package dev.airlock.workflows;

import io.temporal.workflow.Functions.Func;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must be done to its end also in a workflow that has been cancelled. */
final class Detached {

  private Detached() {}

  static void run(Runnable body) {
    Workflow.newDetachedCancellationScope(body).run();
  }

  static <T> @Nullable T call(Func<@Nullable T> body) {
    List<@Nullable T> result = new ArrayList<>(1);
    run(() -> result.add(body.apply()));
    return result.get(0);
  }
}
