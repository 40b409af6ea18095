package dev.airlock.testing;

import dev.airlock.workflows.RunLedger;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import io.temporal.common.WorkflowExecutionHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a run said of itself. */
final class Ledger implements RunLedger {

  private final SortedMap<Integer, StageChange> changes = new TreeMap<>();
  private @Nullable RunState end;
  private @Nullable Instant endedAt;

  @Override
  public synchronized void record(long runId, List<StageChange> news, RunState state) {
    news.forEach(change -> changes.putIfAbsent(change.sequence(), change));
  }

  @Override
  public synchronized void close(
      long runId, RunState state, @Nullable StageError error, Instant at) {
    end = state;
    endedAt = at;
  }

  @Override
  public Long requestScheduled(String pipeline, Instant logicalDate) {
    throw new UnsupportedOperationException("No schedule runs in a rehearsal.");
  }

  synchronized boolean isClosed() {
    return end != null;
  }

  synchronized List<StageChange> changes() {
    return List.copyOf(changes.values());
  }

  synchronized RehearsedRun told(
      Instant start,
      Map<String, Integer> attempts,
      Map<String, List<Integer>> weights,
      Map<String, String> compensations,
      List<WorkflowExecutionHistory> histories) {
    if (end == null || endedAt == null) {
      throw new IllegalStateException("The run has not ended: " + changes());
    }
    Map<String, StageChange> last = new LinkedHashMap<>();
    changes().forEach(change -> last.put(change.stage(), change));
    return new RehearsedRun(
        end,
        changes(),
        last,
        attempts,
        weights,
        compensations,
        Duration.between(start, endedAt),
        histories);
  }
}
