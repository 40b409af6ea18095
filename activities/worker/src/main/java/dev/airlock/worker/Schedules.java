package dev.airlock.worker;

import dev.airlock.dsl.NextTimes;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.store.Pipelines;
import dev.airlock.workflows.ScheduledStartWorkflow;
import dev.airlock.workflows.TaskQueues;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.ScheduleOverlapPolicy;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleAlreadyRunningException;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.client.schedules.ScheduleHandle;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.SchedulePolicy;
import io.temporal.client.schedules.ScheduleUpdate;
import java.time.Duration;
import java.time.Instant;
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

  /**
   * As {@link #keep}, of everything that is published: a server may have lost what it had. One that
   * Temporal refuses does not keep the others from theirs.
   */
  void keepAll(Pipelines pipelines) {
    if (!inMemory) {
      pipelines.list().stream()
          .filter(pipeline -> pipeline.unpublishedAt() == null)
          .flatMap(pipeline -> pipelines.current(pipeline.name()).stream())
          .forEach(version -> keepUnlessRefused(version.graph()));
    }
  }

  private void keepUnlessRefused(Graph graph) {
    try {
      keep(graph);
    } catch (RuntimeException e) {
      if (isOutage(e)) {
        throw e;
      }
      log.warn("{} will not start by itself: its schedule can't be kept.", graph.name(), e);
    }
  }

  /** Whether Temporal can't be reached, or is not ready: the same may succeed later. */
  static boolean isOutage(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StatusRuntimeException status) {
        return status.getStatus().getCode() != Status.Code.INVALID_ARGUMENT;
      }
    }
    return false;
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
                .setArguments(pipeline, spec.jitter())
                .setOptions(
                    WorkflowOptions.newBuilder()
                        .setWorkflowId("scheduled-" + pipeline)
                        .setTaskQueue(TaskQueues.CONTROL)
                        .build())
                .build())
        .setSpec(times(spec))
        .setPolicy(policy(spec))
        .build();
  }

  /**
   * The times as Temporal takes them, with some beside them that PostgreSQL passes over. Jitter is
   * left to what it starts: here, it would end at the next time, whether that is meant or not.
   */
  static io.temporal.client.schedules.ScheduleSpec times(ScheduleSpec spec) {
    io.temporal.client.schedules.ScheduleSpec.Builder times =
        io.temporal.client.schedules.ScheduleSpec.newBuilder();
    Duration every = spec.every();
    if (every == null) {
      times.setCronExpressions(NextTimes.of(spec).utcExpressions());
    } else {
      Duration offset = spec.offset();
      times.setIntervals(
          List.of(
              offset == null
                  ? new ScheduleIntervalSpec(every)
                  : new ScheduleIntervalSpec(every, offset)));
    }
    Instant from = spec.from();
    if (from != null) {
      times.setStartAt(from);
    }
    Instant until = spec.until();
    if (until != null) {
      times.setEndAt(until);
    }
    return times.build();
  }

  /**
   * What starts is over within milliseconds, and must never be left out: what overlaps with what is
   * decided among runs, in PostgreSQL.
   */
  private static SchedulePolicy policy(ScheduleSpec spec) {
    SchedulePolicy.Builder policy =
        SchedulePolicy.newBuilder()
            .setOverlap(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL);
    Duration catchUp = spec.catchUp();
    return (catchUp == null ? policy : policy.setCatchupWindow(catchUp)).build();
  }

  private static String id(String pipeline) {
    return "schedule-" + pipeline;
  }
}
