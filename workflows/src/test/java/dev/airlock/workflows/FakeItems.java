package dev.airlock.workflows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** The items of one map, each of which does what the test says. */
final class FakeItems implements ItemActivities {

  private final List<Integer> called = Collections.synchronizedList(new ArrayList<>());
  private final List<String> endings = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger atWork = new AtomicInteger();
  private final AtomicInteger mostAtWork = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger gathered = new AtomicInteger();
  private volatile int count;
  private volatile IntConsumer script = index -> {};

  /** The list that the map is given. */
  void count(int items) {
    count = items;
  }

  /** What happens at each attempt at an item. */
  void script(IntConsumer doing) {
    script = doing;
  }

  @Override
  public MapPlan openItems(MapRequest request) {
    opened.incrementAndGet();
    return new MapPlan("f".repeat(64), count);
  }

  @Override
  public ItemsOutcome callItems(ItemsTask batch) {
    mostAtWork.accumulateAndGet(atWork.incrementAndGet(), Math::max);
    try {
      return batch.isolated() ? callOne(batch.from()) : callShort(batch);
    } finally {
      atWork.decrementAndGet();
    }
  }

  private ItemsOutcome callOne(int index) {
    called.add(index);
    script.accept(index);
    return ItemsOutcome.GOOD;
  }

  private ItemsOutcome callShort(ItemsTask batch) {
    ItemsOutcome outcome = ItemsOutcome.GOOD;
    for (int index = batch.from(); index < batch.to(); index++) {
      try {
        callOne(index);
      } catch (IllegalStateException e) {
        StageError error = new StageError("broken", String.valueOf(e.getMessage()), List.of());
        outcome = outcome.and(ItemsOutcome.failed(index, error));
      }
    }
    return outcome;
  }

  @Override
  public StageOutput.StoredResult gatherItems(StageTask task, MapPlan plan) {
    gathered.incrementAndGet();
    return new StageOutput.StoredResult("9".repeat(64), 1_000, plan.count());
  }

  /** What the workflow itself writes down of items. */
  ItemLedger ledger() {
    return new ItemLedger() {
      @Override
      public int itemsLost(long runId, String stage, int from, int to, StageError error) {
        endings.add("lost %d to %d: %s".formatted(from, to, error.type()));
        return to - from;
      }

      @Override
      public void cancelItems(long runId, String stage) {
        endings.add("cancelled the rest");
      }
    };
  }

  /** The index of each call, in the order in which they began. */
  List<Integer> called() {
    synchronized (called) {
      return List.copyOf(called);
    }
  }

  List<String> endings() {
    synchronized (endings) {
      return List.copyOf(endings);
    }
  }

  int mostAtWork() {
    return mostAtWork.get();
  }

  int opened() {
    return opened.get();
  }

  int gathered() {
    return gathered.get();
  }
}
