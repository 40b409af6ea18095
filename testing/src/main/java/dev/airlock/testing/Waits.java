package dev.airlock.testing;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.EventStanding;
import dev.airlock.workflows.SensorActivities;
import dev.airlock.workflows.SensorLook;
import dev.airlock.workflows.SlotRequest;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.WaitingActivities;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What sensors find, which events come, and pools that always have room. Something has arrived, and
 * an event has come, before anybody waits, unless the script says otherwise.
 */
final class Waits implements WaitingActivities, SensorActivities {

  private final Script script;
  private final Players players;
  private final BiConsumer<Long, Duration> coming;
  private final Map<String, Integer> looks = new LinkedHashMap<>();
  private final List<Wait> waits = new ArrayList<>();

  private static final class Wait {
    final String stage;
    final StageOutput brings;
    boolean met;
    boolean ended;

    Wait(String stage, StageOutput brings) {
      this.stage = stage;
      this.brings = brings;
    }
  }

  /**
   * @param coming called with each wait whose event comes after a while
   */
  Waits(Script script, Players players, BiConsumer<Long, Duration> coming) {
    this.script = script;
    this.players = players;
    this.coming = coming;
  }

  @Override
  public TaskResult look(SensorLook look) {
    StageTask task = look.task();
    String stage = task.stage().name();
    int number;
    synchronized (this) {
      number = looks.merge(stage, 1, Integer::sum);
    }
    try {
      players.begin(task);
    } catch (Players.RehearsedFailure failure) {
      // As in production: so many looks that fail one after the other are the end of it.
      throw number < task.stage().retry().maximumAttempts()
          ? failure
          : ApplicationFailure.newNonRetryableFailure(
              failure.getMessage(), Players.RehearsedFailure.class.getName());
    }
    if (number <= script.looksInVain(stage)) {
      throw ApplicationFailure.newFailure("Nothing has arrived yet.", StageFailure.NOT_YET);
    }
    Work.Sensor sensor = (Work.Sensor) task.stage().work();
    return new TaskResult(sensor.descriptor().endsWith(")Z") ? "true" : script.scripted(stage));
  }

  @Override
  public SlotRequest requestSlots(long runId, String stage, String pool, int slots) {
    return new SlotRequest(stage.hashCode(), true);
  }

  @Override
  public EventStanding awaitEvent(
      long runId,
      String stage,
      Work.EventSource source,
      String name,
      Instant since,
      Instant until) {
    @Nullable Duration after = script.eventAfter(stage);
    long id;
    boolean fresh;
    synchronized (this) {
      id = idOf(stage);
      fresh = id < 0;
      if (fresh) {
        waits.add(new Wait(stage, brings(stage, source, name)));
        id = waits.size();
        if (after != null && after.isZero()) {
          met(id);
        }
      }
    }
    if (fresh && after != null && !after.isZero()) {
      coming.accept(id, after);
    }
    return eventOf(id);
  }

  private StageOutput brings(String stage, Work.EventSource source, String name) {
    return source == Work.EventSource.DATASET
        ? new DatasetVersion(name, 1, Players.ROWS, null, List.of())
        : new TaskResult(script.scripted(stage));
  }

  private long idOf(String stage) {
    for (int i = 0; i < waits.size(); i++) {
      if (waits.get(i).stage.equals(stage)) {
        return i + 1L;
      }
    }
    return -1;
  }

  /** The event has come; false where nobody waits for it any more. */
  synchronized boolean met(long waitId) {
    Wait wait = waits.get((int) waitId - 1);
    if (wait.ended) {
      return false;
    }
    wait.met = true;
    wait.ended = true;
    return true;
  }

  @Override
  public synchronized EventStanding eventOf(long waitId) {
    Wait wait = waits.get((int) waitId - 1);
    return new EventStanding(waitId, wait.ended, wait.met ? wait.brings : null);
  }

  @Override
  public synchronized EventStanding giveUp(long waitId) {
    waits.get((int) waitId - 1).ended = true;
    return eventOf(waitId);
  }
}
