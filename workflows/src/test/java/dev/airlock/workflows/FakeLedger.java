package dev.airlock.workflows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A ledger of one run that keeps its promises, and can be away for a number of calls. */
final class FakeLedger implements RunLedger {

  private final SortedMap<Integer, StageChange> changes = new TreeMap<>();
  private final List<RunState> states = new ArrayList<>();
  private final AtomicInteger callsInOutage = new AtomicInteger();
  private final AtomicInteger records = new AtomicInteger();
  private @Nullable RunState closed;
  private @Nullable StageError error;
  private @Nullable Instant requested;

  void failNext(int calls) {
    callsInOutage.set(calls);
  }

  @Override
  public synchronized void record(long runId, List<StageChange> news, RunState state) {
    answerUnlessAway();
    records.incrementAndGet();
    for (StageChange change : news) {
      changes.putIfAbsent(change.sequence(), change);
    }
    if (states.isEmpty() || states.get(states.size() - 1) != state) {
      states.add(state);
    }
  }

  @Override
  public synchronized void close(long runId, RunState state, @Nullable StageError why, Instant at) {
    answerUnlessAway();
    if (closed == null) {
      closed = state;
      error = why;
    }
  }

  @Override
  public synchronized @Nullable Long requestScheduled(String pipeline, Instant logicalDate) {
    answerUnlessAway();
    requested = logicalDate;
    return 1L;
  }

  /** Each change as {@code stage state}, in the order of their numbers. */
  synchronized List<String> lines() {
    return changes.values().stream()
        .map(change -> change.stage() + " " + change.state().word())
        .toList();
  }

  synchronized List<String> linesOf(String stage) {
    return changes.values().stream()
        .filter(change -> change.stage().equals(stage))
        .map(change -> change.state().word())
        .toList();
  }

  synchronized List<Integer> sequences() {
    return List.copyOf(changes.keySet());
  }

  synchronized StageChange last(String stage) {
    return changes.values().stream()
        .filter(change -> change.stage().equals(stage))
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  synchronized StageOutput outputOf(String stage) {
    return Objects.requireNonNull(last(stage).output());
  }

  synchronized StageError errorOf(String stage) {
    return Objects.requireNonNull(last(stage).error());
  }

  synchronized List<RunState> states() {
    return List.copyOf(states);
  }

  synchronized @Nullable RunState closedAs() {
    return closed;
  }

  synchronized @Nullable StageError closedBecause() {
    return error;
  }

  synchronized @Nullable Instant requestedFor() {
    return requested;
  }

  int records() {
    return records.get();
  }

  private void answerUnlessAway() {
    if (callsInOutage.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("Connection to localhost:5432 refused.");
    }
  }
}
