package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;
import java.time.Instant;

/** What a monitor does. On {@link TaskQueues#MONITORS}. */
@ActivityInterface
public interface MonitorActivities {

  /**
   * Puts the monitor of a stage in place, or changes it. Idempotent under (model, name); an older
   * run never undoes what a newer one has put in place.
   */
  StageOutput.InstalledMonitor install(StageTask task);

  /**
   * Writes down that the monitor is to be looked at, and has it carried to Temporal. Idempotent
   * under (monitor, asOf).
   *
   * @param asOf the logical moment: nothing after it exists for the check
   * @return the check's id
   */
  long requestScheduled(long monitorId, Instant asOf);

  /**
   * Measures every window that is complete as of the check and not measured yet. Idempotent under
   * (monitor, version, window, aspect). Heartbeats.
   */
  void measure(long checkId);

  /**
   * Holds the rules against what was measured: opens and closes alerts and sets off consequences,
   * all in one transaction. Idempotent under the check's id.
   */
  void judge(long checkId);
}
