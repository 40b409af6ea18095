package dev.airlock.testing;

import dev.airlock.workflows.MonitorActivities;
import dev.airlock.workflows.StageOutput.InstalledMonitor;
import dev.airlock.workflows.StageOutput.LiveVersion;
import dev.airlock.workflows.StageTask;
import java.time.Instant;

/** Monitors are put in place; what they would see comes after the run. */
final class Watch implements MonitorActivities {

  private final Players players;

  Watch(Players players) {
    this.players = players;
  }

  @Override
  public InstalledMonitor install(StageTask task) {
    players.begin(task);
    LiveVersion live = Players.first(task, LiveVersion.class);
    return new InstalledMonitor(1, live.model(), task.stage().name());
  }

  @Override
  public long requestScheduled(long monitorId, Instant asOf) {
    throw new UnsupportedOperationException("No schedule runs in a rehearsal.");
  }

  @Override
  public void measure(long checkId) {
    throw new UnsupportedOperationException("No check runs in a rehearsal.");
  }

  @Override
  public void judge(long checkId) {
    throw new UnsupportedOperationException("No check runs in a rehearsal.");
  }
}
