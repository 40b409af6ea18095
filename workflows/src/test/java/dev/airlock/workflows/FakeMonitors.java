package dev.airlock.workflows;

import dev.airlock.workflows.StageOutput.InstalledMonitor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Monitors that keep what they were asked, and can be away for a number of calls. */
final class FakeMonitors implements MonitorActivities {

  private final List<String> calls = new ArrayList<>();
  private final AtomicInteger callsInOutage = new AtomicInteger();

  void failNext(int number) {
    callsInOutage.set(number);
  }

  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public InstalledMonitor install(StageTask task) {
    note("install " + task.key());
    return new InstalledMonitor(4, FakeTraffic.MODEL, task.stage().name());
  }

  @Override
  public long requestScheduled(long monitorId, Instant asOf) {
    note("request " + monitorId + " " + asOf);
    return 12;
  }

  @Override
  public void measure(long checkId) {
    note("measure " + checkId);
  }

  @Override
  public void judge(long checkId) {
    note("judge " + checkId);
  }

  private synchronized void note(String call) {
    if (callsInOutage.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("Connection to localhost:5432 refused.");
    }
    calls.add(call);
  }
}
