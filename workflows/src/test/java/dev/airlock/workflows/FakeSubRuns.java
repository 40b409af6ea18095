package dev.airlock.workflows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs of other pipelines, which end when the test says so. */
final class FakeSubRuns implements SubRunActivities {

  private final Map<Long, SubRunEnd> ends = new LinkedHashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final List<Long> cancelled = new ArrayList<>();

  @Override
  public synchronized long requestRun(StageTask task) {
    if (!asked.contains(task.key())) {
      asked.add(task.key());
    }
    return 100L + asked.indexOf(task.key());
  }

  @Override
  public synchronized @Nullable SubRunEnd endOfRun(long runId) {
    return ends.get(runId);
  }

  @Override
  public synchronized void cancelRun(long runId, long becauseOf) {
    cancelled.add(runId);
    ends.put(runId, new SubRunEnd(RunState.CANCELLED, null));
  }

  synchronized void end(long runId, SubRunEnd end) {
    ends.put(runId, end);
  }

  synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  synchronized List<Long> cancelled() {
    return List.copyOf(cancelled);
  }
}
