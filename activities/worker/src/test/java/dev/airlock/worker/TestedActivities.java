package dev.airlock.worker;

import dev.airlock.workflows.WorkflowTypes;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.RetryOptions;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.worker.WorkerFactoryOptions;
import java.time.Duration;

/** Activities, called as Temporal calls them, and never a second time by itself. */
final class TestedActivities {

  private TestedActivities() {}

  /** Where they are called, with all that surrounds them. */
  static TestActivityEnvironment within(WorkerInterceptor... surroundings) {
    return TestActivityEnvironment.newInstance(
        TestEnvironmentOptions.newBuilder()
            .setWorkflowClientOptions(
                WorkflowClientOptions.newBuilder()
                    .setDataConverter(WorkflowTypes.dataConverter())
                    .build())
            .setWorkerFactoryOptions(
                WorkerFactoryOptions.newBuilder().setWorkerInterceptors(surroundings).build())
            .build());
  }

  /** Those that owe nobody a sign of life. */
  static <T> T calls(TestActivityEnvironment temporal, Class<T> type) {
    return temporal.newActivityStub(type, options().build());
  }

  /** Those that Temporal gives up after such a silence. */
  static <T> T calls(TestActivityEnvironment temporal, Class<T> type, Duration longestSilence) {
    return temporal.newActivityStub(type, options().setHeartbeatTimeout(longestSilence).build());
  }

  private static ActivityOptions.Builder options() {
    return ActivityOptions.newBuilder()
        .setStartToCloseTimeout(Duration.ofMinutes(1))
        .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build());
  }
}
