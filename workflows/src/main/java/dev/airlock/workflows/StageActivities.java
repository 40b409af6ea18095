package dev.airlock.workflows;

import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.common.Priority;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts the activity that carries out a stage, where its kind of resource is. */
final class StageActivities {

  /** After so long without a heartbeat, a worker counts as dead. */
  static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

  /** What a short task may take. */
  static final Duration SHORT = Duration.ofSeconds(2);

  private static final Duration LONGEST_LOCAL_PAUSE = Duration.ofSeconds(1);

  /** As Temporal's server calls them among the types that are not tried again. */
  private static final List<String> TIMEOUTS =
      List.of("TemporalTimeout:StartToClose", "TemporalTimeout:Heartbeat");

  private StageActivities() {}

  static boolean isShort(StageSpec stage) {
    return (stage.work() instanceof Work.Task task && task.shortTask())
        || stage.work() instanceof Work.FirstOf;
  }

  /** How long an attempt at the stage may take. */
  static Duration timeout(StageSpec stage) {
    return isShort(stage) && stage.timeout().compareTo(SHORT) > 0 ? SHORT : stage.timeout();
  }

  static Promise<? extends StageOutput> start(StageTask task) {
    Work work = task.stage().work();
    if (work instanceof Work.Ingest) {
      return Async.function(datasets(task)::ingest, task);
    }
    if (work instanceof Work.Validate) {
      return Async.function(datasets(task)::validate, task);
    }
    if (work instanceof Work.Transform) {
      return Async.function(datasets(task)::transform, task);
    }
    if (work instanceof Work.Train) {
      return Async.function(training(task)::train, task);
    }
    if (work instanceof Work.Evaluate) {
      return Async.function(training(task)::evaluate, task);
    }
    if (work instanceof Work.Register) {
      return Async.function(registry(task)::register, task);
    }
    if (work instanceof Work.Monitor) {
      return Async.function(monitors(task)::install, task);
    }
    if (work instanceof Work.Task own) {
      return own.shortTask()
          ? Async.function(shortTasks(task)::callShort, task)
          : Async.function(tasks(task)::call, task);
    }
    if (work instanceof Work.Program) {
      return Async.function(programs(task)::runProgram, task);
    }
    if (work instanceof Work.Http) {
      return Async.function(programs(task)::sendRequest, task);
    }
    if (work instanceof Work.Statement) {
      return Async.function(programs(task)::executeStatement, task);
    }
    if (work instanceof Work.SparkJar) {
      return Async.function(programs(task)::runSparkJar, task);
    }
    throw new IllegalArgumentException("No activity carries out a stage of kind " + work.kind());
  }

  private static DatasetActivities datasets(StageTask task) {
    return Workflow.newActivityStub(DatasetActivities.class, isolated(task, TaskQueues.SPARK));
  }

  private static TrainingActivities training(StageTask task) {
    return Workflow.newActivityStub(TrainingActivities.class, isolated(task, TaskQueues.SPARK));
  }

  private static UserTaskActivities tasks(StageTask task) {
    return Workflow.newActivityStub(
        UserTaskActivities.class, isolated(task, TaskQueues.tasks(task.stage().queue())));
  }

  private static ProgramActivities programs(StageTask task) {
    return Workflow.newActivityStub(
        ProgramActivities.class, isolated(task, TaskQueues.tasks(task.stage().queue())));
  }

  private static UserTaskActivities shortTasks(StageTask task) {
    return Workflow.newLocalActivityStub(UserTaskActivities.class, local(task.stage()));
  }

  /** It needs PostgreSQL alone, and so outlasts its outages instead of counting attempts. */
  private static RegistryActivities registry(StageTask task) {
    return Workflow.newActivityStub(
        RegistryActivities.class,
        Outage.PATIENT.toBuilder()
            .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
            .setStartToCloseTimeout(timeout(task.stage()))
            .setHeartbeatTimeout(LONGEST_SILENCE)
            .build());
  }

  /** As the registry: PostgreSQL alone. */
  private static MonitorActivities monitors(StageTask task) {
    return Workflow.newActivityStub(
        MonitorActivities.class,
        Outage.PATIENT.toBuilder()
            .setTaskQueue(TaskQueues.MONITORS)
            .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
            .setStartToCloseTimeout(timeout(task.stage()))
            .setHeartbeatTimeout(LONGEST_SILENCE)
            .build());
  }

  static ActivityOptions isolated(StageTask task, String taskQueue) {
    StageSpec stage = task.stage();
    return ActivityOptions.newBuilder()
        .setTaskQueue(taskQueue)
        .setPriority(turnOf(task))
        .setStartToCloseTimeout(timeout(stage))
        .setHeartbeatTimeout(LONGEST_SILENCE)
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .setRetryOptions(retry(stage.retry()))
        .build();
  }

  /** Pipelines take turns, however many stages of one are in the queue. */
  static Priority turnOf(StageTask task) {
    return Priority.newBuilder().setFairnessKey(task.pipeline()).build();
  }

  private static LocalActivityOptions local(StageSpec stage) {
    return LocalActivityOptions.newBuilder()
        .setStartToCloseTimeout(timeout(stage))
        .setLocalRetryThreshold(LONGEST_LOCAL_PAUSE)
        .setRetryOptions(retry(stage.retry()))
        .setDoNotIncludeArgumentsIntoMarker(true)
        .build();
  }

  private static RetryOptions retry(RetrySpec retry) {
    Duration first = retry.firstBackoff();
    Duration longest = retry.maximumBackoff();
    return RetryOptions.newBuilder()
        .setMaximumAttempts(retry.maximumAttempts())
        .setInitialInterval(first)
        .setBackoffCoefficient(retry.factor())
        .setMaximumInterval(longest.compareTo(first) < 0 ? first : longest)
        .setDoNotRetry(endings(retry))
        .build();
  }

  /**
   * The types that end the activity. Subclasses, and what alone is worth another try, are seen by
   * the worker, which has the classes; but a timeout is seen by Temporal alone.
   */
  private static String[] endings(RetrySpec retry) {
    List<String> endings = new ArrayList<>(List.of(StageFailure.ENDS_AN_ACTIVITY));
    if (retry.neverRetryOn() != null) {
      endings.addAll(retry.neverRetryOn());
    }
    if (!retry.isWorthAnother(StageFailure.TIMED_OUT)) {
      endings.addAll(TIMEOUTS);
    }
    return endings.toArray(String[]::new);
  }
}
