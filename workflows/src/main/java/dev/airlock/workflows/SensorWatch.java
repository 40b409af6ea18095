package dev.airlock.workflows;

import dev.airlock.dsl.graph.Work;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a stage looks at the world again and again. All looks are attempts of one activity, and the
 * pauses between them are its backoff: no worker is held meanwhile, and a year of looking costs the
 * history as much as a minute.
 */
final class SensorWatch {

  private SensorWatch() {}

  /**
   * Returns what has arrived. The last look is at the end of the time.
   *
   * @throws ApplicationFailure {@link StageFailure#TIMED_OUT} or {@link StageFailure#SKIPPED} where
   *     nothing arrives in time
   */
  static StageOutput look(StageTask task, Work.Sensor sensor) {
    List<Promise<StageOutput>> started = new ArrayList<>(1);
    SensorActivities rounds = looks(task, rhythm(sensor));
    CancellationScope looking =
        Workflow.newCancellationScope(
            () -> started.add(Async.function(rounds::look, new SensorLook(task))));
    looking.run();
    Promise<StageOutput> found = started.get(0);
    if (Workflow.await(sensor.within(), found::isCompleted)) {
      return found.get();
    }
    looking.cancel();
    try {
      RetryOptions once = RetryOptions.newBuilder().setMaximumAttempts(1).build();
      return looks(task, once).look(new SensorLook(task));
    } catch (ActivityFailure failure) {
      if (isNotYet(failure)) {
        throw Waiting.inVain("Nothing arrived", sensor.within(), sensor.orSkip());
      }
      throw failure;
    }
  }

  private static boolean isNotYet(ActivityFailure failure) {
    return failure.getCause() instanceof ApplicationFailure cause
        && cause.getType().equals(StageFailure.NOT_YET);
  }

  private static SensorActivities looks(StageTask task, RetryOptions rhythm) {
    return Workflow.newActivityStub(
        SensorActivities.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(TaskQueues.tasks(task.stage().queue()))
            .setPriority(StageActivities.turnOf(task))
            .setStartToCloseTimeout(task.stage().timeout())
            .setCancellationType(ActivityCancellationType.TRY_CANCEL)
            .setRetryOptions(rhythm)
            .build());
  }

  private static RetryOptions rhythm(Work.Sensor sensor) {
    return RetryOptions.newBuilder()
        .setInitialInterval(sensor.every())
        .setBackoffCoefficient(sensor.factor())
        .setMaximumInterval(sensor.longest())
        .setDoNotRetry(StageFailure.NOT_WORTH_ANOTHER_TRY.toArray(String[]::new))
        .build();
  }
}
