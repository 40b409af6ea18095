package dev.airlock.worker;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.workflows.ScheduledStartWorkflow;
import dev.airlock.workflows.TaskQueues;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleAlreadyRunningException;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.client.schedules.ScheduleHandle;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.ScheduleUpdate;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps Temporal's Schedules as the pipelines' current versions say. */
final class Schedules {

  private static final Logger log = LoggerFactory.getLogger(Schedules.class);

  private final ScheduleClient client;
  private final boolean inMemory;

  /**
   * Keeps schedules on a server.
   *
   * @param inMemory whether the server is the in-memory one, which has no Schedules
   */
  Schedules(ScheduleClient client, boolean inMemory) {
    this.client = client;
    this.inMemory = inMemory;
  }

  /** Creates, changes or deletes the pipeline's schedule. Idempotent. */
  void keep(Graph graph) {
    ScheduleSpec spec = graph.schedule();
    if (inMemory) {
      if (spec != null) {
        log.warn(
            "Pipeline {} will not start by itself: the in-memory Temporal server keeps no schedules. Start it by hand, or install"
                + " the temporal binary (airlock doctor says how).",
            graph.name());
      }
    } else if (spec == null) {
      delete(graph.name());
    } else {
      create(graph.name(), schedule(graph.name(), spec));
    }
  }

  private void create(String pipeline, Schedule schedule) {
    try {
      client.createSchedule(id(pipeline), schedule, ScheduleOptions.newBuilder().build());
    } catch (ScheduleAlreadyRunningException e) {
      client.getHandle(id(pipeline)).update(before -> new ScheduleUpdate(schedule));
    }
  }

  private void delete(String pipeline) {
    ScheduleHandle handle = client.getHandle(id(pipeline));
    try {
      handle.delete();
    } catch (ScheduleException e) {
      if (!isNotFound(e)) {
        throw e;
      }
    }
  }

  static boolean isNotFound(ScheduleException e) {
    return e.getCause() instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.NOT_FOUND;
  }

  private static Schedule schedule(String pipeline, ScheduleSpec spec) {
    return Schedule.newBuilder()
        .setAction(
            ScheduleActionStartWorkflow.newBuilder()
                .setWorkflowType(ScheduledStartWorkflow.class)
                .setArguments(pipeline)
                .setOptions(
                    WorkflowOptions.newBuilder()
                        .setWorkflowId("scheduled-" + pipeline)
                        .setTaskQueue(TaskQueues.CONTROL)
                        .build())
                .build())
        .setSpec(
            io.temporal.client.schedules.ScheduleSpec.newBuilder()
                .setCronExpressions(List.of(spec.cron()))
                .setTimeZoneName(spec.zone())
                .build())
        .build();
  }

  private static String id(String pipeline) {
    return "schedule-" + pipeline;
  }
}
