package dev.airlock.workflows;

import dev.airlock.dsl.graph.Work;
import io.temporal.failure.ApplicationFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One pool with no room but what the test makes, one wait for an event, and sensors by script. */
final class FakeWaiting implements WaitingActivities, SensorActivities {

  static final long WAIT = 70;

  private final Map<String, Long> requests = new LinkedHashMap<>();
  private final List<Long> granted = new ArrayList<>();
  private final Map<String, Integer> looks = new LinkedHashMap<>();
  private int arrivesAt = Integer.MAX_VALUE;
  private int breaksAt = Integer.MAX_VALUE;
  private int room;
  private @Nullable StageOutput event;
  private @Nullable Instant since;
  private boolean givenUp;

  /** The rows alone: the looks of sensors are on another queue. */
  WaitingActivities rows() {
    return new WaitingActivities() {
      @Override
      public SlotRequest requestSlots(long runId, String stage, String pool, int slots) {
        return FakeWaiting.this.requestSlots(runId, stage, pool, slots);
      }

      @Override
      public EventStanding awaitEvent(
          long runId,
          String stage,
          Work.EventSource source,
          String name,
          Instant since,
          Instant until) {
        return FakeWaiting.this.awaitEvent(runId, stage, source, name, since, until);
      }

      @Override
      public EventStanding eventOf(long waitId) {
        return FakeWaiting.this.eventOf(waitId);
      }

      @Override
      public EventStanding giveUp(long waitId) {
        return FakeWaiting.this.giveUp(waitId);
      }
    };
  }

  synchronized void makeRoom(int slots) {
    room += slots;
  }

  /** Grants the oldest wish that waits, and answers its id. */
  synchronized long grantNext() {
    long id =
        requests.values().stream().filter(one -> !granted.contains(one)).findFirst().orElseThrow();
    granted.add(id);
    return id;
  }

  synchronized List<String> requests() {
    return List.copyOf(requests.keySet());
  }

  synchronized void arriveAtLook(int number) {
    arrivesAt = number;
  }

  synchronized void breakAtLook(int number) {
    breaksAt = number;
  }

  synchronized int looksOf(String stage) {
    return looks.getOrDefault(stage, 0);
  }

  synchronized void tell(StageOutput what) {
    event = what;
  }

  synchronized @Nullable Instant since() {
    return since;
  }

  @Override
  public synchronized SlotRequest requestSlots(long runId, String stage, String pool, int slots) {
    if (pool.equals("unknown")) {
      throw StageFailure.of(StageFailure.BAD_PIPELINE, "There is no pool 'unknown'.");
    }
    long id = requests.computeIfAbsent(stage, one -> 50L + requests.size());
    if (room >= slots && !granted.contains(id)) {
      room -= slots;
      granted.add(id);
    }
    return new SlotRequest(id, granted.contains(id));
  }

  @Override
  public synchronized EventStanding awaitEvent(
      long runId, String stage, Work.EventSource source, String name, Instant from, Instant until) {
    since = from;
    return eventOf(WAIT);
  }

  @Override
  public synchronized EventStanding eventOf(long waitId) {
    return new EventStanding(waitId, givenUp || event != null, event);
  }

  @Override
  public synchronized EventStanding giveUp(long waitId) {
    givenUp = true;
    return eventOf(waitId);
  }

  @Override
  public synchronized StageOutput.TaskResult look(SensorLook look) {
    int number = looks.merge(look.task().stage().name(), 1, Integer::sum);
    if (number >= breaksAt) {
      throw ApplicationFailure.newNonRetryableFailure("The share is not mounted.", "broken");
    }
    if (number < arrivesAt) {
      throw ApplicationFailure.newFailure("Nothing yet.", StageFailure.NOT_YET);
    }
    return new StageOutput.TaskResult("\"/in/prices.csv\"");
  }
}
