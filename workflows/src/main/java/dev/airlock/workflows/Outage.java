package dev.airlock.workflows;

import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/**
 * How calls to PostgreSQL outlast its outages: they are tried again, less and less often, for as
 * long as it takes. Only a {@link StageFailure}, which is an answer, ends them.
 */
final class Outage {

  /** Tried again without end. */
  static final RetryOptions OUTLASTED =
      RetryOptions.newBuilder()
          .setInitialInterval(Duration.ofMillis(500))
          .setBackoffCoefficient(2)
          .setMaximumInterval(Duration.ofSeconds(20))
          .setDoNotRetry(StageFailure.NOT_WORTH_ANOTHER_TRY.toArray(String[]::new))
          .build();

  /**
   * A small statement, on the queue for such. Where its worker dies, another takes it up after the
   * timeout: a rollback is not to wait long for that.
   */
  static final ActivityOptions PATIENT =
      ActivityOptions.newBuilder()
          .setTaskQueue(TaskQueues.CONTROL)
          .setStartToCloseTimeout(Duration.ofSeconds(10))
          .setRetryOptions(OUTLASTED)
          .build();

  /** As {@link #PATIENT}, on the queue of the monitors, whose statements read more. */
  static final ActivityOptions PATIENT_MONITOR =
      PATIENT.toBuilder()
          .setTaskQueue(TaskQueues.MONITORS)
          .setStartToCloseTimeout(Duration.ofSeconds(30))
          .build();

  /** Until the gateways know; they are heard of all the while. */
  static final ActivityOptions UNTIL_ACKNOWLEDGED =
      PATIENT.toBuilder()
          .setStartToCloseTimeout(Duration.ofMinutes(5))
          .setHeartbeatTimeout(StageActivities.LONGEST_SILENCE)
          .build();

  /**
   * A small statement inside the workflow task, which it must not hold up: given up after a few
   * seconds.
   */
  static final LocalActivityOptions BRIEF =
      LocalActivityOptions.newBuilder()
          .setStartToCloseTimeout(Duration.ofSeconds(3))
          .setScheduleToCloseTimeout(Duration.ofSeconds(4))
          .setRetryOptions(
              RetryOptions.newBuilder()
                  .setInitialInterval(Duration.ofMillis(200))
                  .setMaximumAttempts(2)
                  .build())
          .setDoNotIncludeArgumentsIntoMarker(true)
          .build();

  private Outage() {}
}
