package dev.airlock.workflows;

import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.EncodedValues;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.WorkflowImplementationOptions;
import java.time.Duration;
import java.util.List;

/** What a process needs to take part in Airlock's workflows. */
public final class WorkflowTypes {

  private WorkflowTypes() {}

  /**
   * Registers every workflow of Airlock.
   *
   * @param control a worker on {@link TaskQueues#CONTROL}. It needs an implementation of {@link
   *     RunLedger}, {@link RegistryActivities}, {@link ApprovalActivities}, {@link
   *     DeploymentActivities}, {@link RoutingActivities}, {@link RolloutActivities} and {@link
   *     WaitingActivities} and {@link ItemLedger}, and, for tasks marked short, of {@link
   *     UserTaskActivities}. {@link SensorActivities} are called on {@link TaskQueues#TASKS}.
   *     {@link MonitorActivities} and {@link AnalysisActivities} are called on {@link
   *     TaskQueues#MONITORS}
   */
  public static void register(Worker control) {
    register(control, HistoryBounds.USUAL);
  }

  /** The same, with histories of another length. */
  static void register(Worker control, HistoryBounds bounds) {
    registerRuns(control, bounds);
    WorkflowImplementationOptions options = WorkflowImplementationOptions.getDefaultInstance();
    control.registerWorkflowImplementationFactory(
        ModelWorkflow.class,
        arguments -> new ModelWorkflowImpl(ids(arguments, 1), ids(arguments, 2)),
        options);
    control.registerWorkflowImplementationFactory(
        RolloutWorkflow.class,
        arguments -> new RolloutWorkflowImpl(arguments.get(0, RolloutPlan.class)),
        options);
    control.registerWorkflowImplementationFactory(CheckWorkflow.class, CheckWorkflowImpl::new);
    control.registerWorkflowImplementationFactory(TrialWorkflow.class, TrialWorkflowImpl::new);
    control.registerWorkflowImplementationFactory(
        ScheduledStartWorkflow.class, ScheduledStartWorkflowImpl::new);
    control.registerWorkflowImplementationFactory(
        ScheduledCheckWorkflow.class, ScheduledCheckWorkflowImpl::new);
  }

  /**
   * Registers the workflows of runs, on {@link TaskQueues#TASKS}, where new runs begin. Those of
   * before {@linkplain #register go on} where they are.
   *
   * @param tasks a worker that needs an implementation of {@link RunLedger}, {@link
   *     WaitingActivities} and {@link UserTaskActivities}
   */
  public static void registerRuns(Worker tasks) {
    registerRuns(tasks, HistoryBounds.USUAL);
  }

  static void registerRuns(Worker worker, HistoryBounds bounds) {
    WorkflowImplementationOptions options = WorkflowImplementationOptions.getDefaultInstance();
    worker.registerWorkflowImplementationFactory(
        PipelineWorkflow.class,
        arguments -> new PipelineWorkflowImpl(arguments.get(0, RunRequest.class), bounds),
        options);
    worker.registerWorkflowImplementationFactory(
        MapWorkflow.class,
        arguments -> new MapWorkflowImpl(arguments.get(0, MapRequest.class), bounds),
        options);
  }

  /**
   * How every client and worker of Airlock turns values into payloads: as {@link Json} does, long
   * ones zipped.
   */
  public static DataConverter dataConverter() {
    return new CodecDataConverter(
        DefaultDataConverter.newDefaultInstance()
            .withPayloadConverterOverrides(new JacksonJsonPayloadConverter(Json.mapper())),
        List.of(new LongPayloads()));
  }

  /**
   * What every worker of Airlock has in common. A heartbeat reaches Temporal within a second, so
   * that a cancellation reaches what it is meant to stop; and a busy machine is not taken for a
   * workflow that blocks.
   */
  public static WorkerOptions.Builder workerOptions() {
    return WorkerOptions.newBuilder()
        .setMaxHeartbeatThrottleInterval(Duration.ofSeconds(1))
        .setDefaultDeadlockDetectionTimeout(10_000);
  }

  private static List<Long> ids(EncodedValues arguments, int index) {
    return List.of(arguments.get(index, Long[].class));
  }
}
