package dev.airlock.worker;

import dev.airlock.store.Monitor;
import dev.airlock.workflows.ScheduledCheckWorkflow;
import dev.airlock.workflows.TaskQueues;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleAlreadyRunningException;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.client.schedules.ScheduleHandle;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.ScheduleSpec;
import io.temporal.client.schedules.ScheduleState;
import io.temporal.client.schedules.ScheduleUpdate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a Temporal Schedule for each monitor as its row says. The rows are the truth: a schedule
 * that Temporal has lost is made again, one that was changed elsewhere is set right.
 */
final class MonitorSchedules {

  private static final Logger log = LoggerFactory.getLogger(MonitorSchedules.class);

  private final ScheduleClient client;
  private final boolean inMemory;
  private final Supplier<List<Monitor>> rows;
  private boolean warned;

  /**
   * Keeps schedules on a server.
   *
   * @param inMemory whether the server is the in-memory one, which has no Schedules
   */
  MonitorSchedules(ScheduleClient client, boolean inMemory, Supplier<List<Monitor>> rows) {
    this.client = client;
    this.inMemory = inMemory;
    this.rows = rows;
  }

  /** What of a schedule comes from a row. */
  record Wanted(Duration every, boolean paused) {
    static Wanted of(Monitor monitor) {
      return new Wanted(monitor.every(), monitor.paused());
    }
  }

  /** Makes and changes schedules until they are as the rows say. Idempotent. */
  void reconcile() {
    Map<Long, Wanted> wanted = new HashMap<>();
    rows.get().forEach(monitor -> wanted.put(monitor.id(), Wanted.of(monitor)));
    if (inMemory) {
      warn(wanted.size());
    } else {
      wanted.forEach(this::keep);
    }
  }

  private void warn(int monitors) {
    if (monitors > 0 && !warned) {
      warned = true;
      log.warn(
          "Monitors will not look by themselves: the in-memory Temporal server keeps no schedules. Ask for checks by hand"
              + " (airlock monitors --check), or install the temporal binary (airlock doctor says how).");
    }
  }

  private void keep(long monitorId, Wanted wanted) {
    ScheduleHandle handle = client.getHandle(id(monitorId));
    try {
      if (!wanted.equals(found(handle.describe()))) {
        handle.update(before -> new ScheduleUpdate(schedule(monitorId, wanted)));
      }
    } catch (ScheduleException e) {
      if (!Schedules.isNotFound(e)) {
        throw e;
      }
      create(monitorId, wanted);
    }
  }

  private void create(long monitorId, Wanted wanted) {
    try {
      client.createSchedule(
          id(monitorId), schedule(monitorId, wanted), ScheduleOptions.newBuilder().build());
    } catch (ScheduleAlreadyRunningException e) {
      // Another worker was quicker; the next look holds what it made against the row.
      log.debug("The schedule of monitor {} was there already.", monitorId);
    }
  }

  private static Wanted found(ScheduleDescription description) {
    Schedule schedule = description.getSchedule();
    ScheduleState state = schedule.getState();
    List<ScheduleIntervalSpec> intervals = schedule.getSpec().getIntervals();
    Duration every =
        intervals == null || intervals.isEmpty() ? Duration.ZERO : intervals.get(0).getEvery();
    return new Wanted(every, state != null && state.isPaused());
  }

  private static Schedule schedule(long monitorId, Wanted wanted) {
    return Schedule.newBuilder()
        .setAction(
            ScheduleActionStartWorkflow.newBuilder()
                .setWorkflowType(ScheduledCheckWorkflow.class)
                .setArguments(monitorId)
                .setOptions(
                    WorkflowOptions.newBuilder()
                        .setWorkflowId("scheduled-" + id(monitorId))
                        .setTaskQueue(TaskQueues.CONTROL)
                        .build())
                .build())
        .setSpec(
            ScheduleSpec.newBuilder()
                .setIntervals(List.of(new ScheduleIntervalSpec(wanted.every())))
                .build())
        .setState(ScheduleState.newBuilder().setPaused(wanted.paused()).build())
        .build();
  }

  static String id(long monitorId) {
    return "monitor-" + monitorId;
  }
}
