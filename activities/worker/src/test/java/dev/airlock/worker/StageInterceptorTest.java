package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Work;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Attempts;
import dev.airlock.store.Logs;
import dev.airlock.store.NewLogLine;
import dev.airlock.workflows.SensorActivities;
import dev.airlock.workflows.SensorLook;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageTask;
import io.temporal.activity.ActivityInterface;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StageInterceptorTest {

  /** The SDK passes beats on at most as often as four fifths of this. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path folder;

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger beats = new AtomicInteger();
  private @Nullable TestActivityEnvironment temporal;

  /** Says nothing of itself while it works. */
  @ActivityInterface
  public interface Measuring {
    /** Works until it has been heard twice, or for so long; answers how often it was heard. */
    int measure(Duration atMost);
  }

  /** Does the work of a stage. */
  @ActivityInterface
  public interface Working {
    /** Works. */
    void work(StageTask task);
  }

  @AfterEach
  void stop() {
    if (temporal != null) {
      temporal.close();
    }
    clock.shutdownNow();
  }

  @Test
  void shouldGiveSignsOfLifeForWhoeverOwesThem() {
    TestActivityEnvironment owed = measured();

    assertTrue(
        TestedActivities.calls(owed, Measuring.class, LONGEST_SILENCE).measure(PATIENCE) >= 2);
  }

  @Test
  void shouldLeaveThoseAloneThatOweNone() {
    TestActivityEnvironment free = measured();
    Duration longerThanABeat = Heartbeat.PERIOD.multipliedBy(3).dividedBy(2);

    assertEquals(0, TestedActivities.calls(free, Measuring.class).measure(longerThanABeat));
  }

  private TestActivityEnvironment measured() {
    TestActivityEnvironment around =
        around(StandIn.uncalled(Attempts.class), StandIn.uncalled(Logs.class));
    around.registerActivitiesImplementations((Measuring) this::heardTwiceWithin);
    return around;
  }

  @Test
  void shouldEndTheAttemptThatEndsInAnError() {
    List<StageError> errors = new ArrayList<>();
    Attempts attempts =
        StandIn.answering(
            Attempts.class,
            (method, given) -> {
              if (method.equals("finish")) {
                errors.add((StageError) given[3]);
              }
              return method.equals("finish") ? true : null;
            });
    TestActivityEnvironment around =
        around(attempts, StandIn.answering(Logs.class, (method, given) -> 0));
    around.registerActivitiesImplementations(
        (Working)
            task -> {
              throw new NoClassDefFoundError("com/shop/Order");
            });
    Working stub = TestedActivities.calls(around, Working.class, LONGEST_SILENCE);

    assertThrows(ActivityFailure.class, () -> stub.work(task()));

    assertEquals(
        List.of(new StageError("java.lang.NoClassDefFoundError", "com/shop/Order", List.of())),
        errors);
  }

  /** PostgreSQL's driver gives up where the thread is interrupted. */
  @Test
  void shouldEndTheAttemptThatWasDeafToItsCancellation() {
    List<StageError> errors = new ArrayList<>();
    Attempts attempts =
        StandIn.answering(
            Attempts.class,
            (method, given) -> {
              if (!method.equals("finish")) {
                return null;
              }
              if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted");
              }
              errors.add((StageError) given[3]);
              return true;
            });
    TestActivityEnvironment around =
        around(attempts, StandIn.answering(Logs.class, (method, given) -> 0));
    around.registerActivitiesImplementations(
        (Working)
            task -> {
              around.requestCancelActivity();
              long deadline = System.nanoTime() + PATIENCE.toNanos();
              while (!Thread.currentThread().isInterrupted() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
              }
            });
    Working stub = TestedActivities.calls(around, Working.class, PATIENCE);

    assertThrows(CanceledFailure.class, () -> stub.work(task()));

    assertEquals(1, errors.size());
    assertNotNull(errors.get(0), "no success");
  }

  @Test
  void shouldKeepWhatASensorSaysInOneLog() {
    SpokenOutput.lead();
    List<NewLogLine> said = new ArrayList<>();
    Logs logs =
        StandIn.answering(
            Logs.class,
            (method, given) -> {
              if (method.equals("keep")) {
                ((List<?>) given[0]).forEach(line -> said.add((NewLogLine) line));
              }
              return said.size();
            });
    TestActivityEnvironment around = around(StandIn.uncalled(Attempts.class), logs);
    around.registerActivitiesImplementations(
        (SensorActivities)
            look -> {
              System.out.println("I look.");
              throw ApplicationFailure.newFailure("Nothing yet.", StageFailure.NOT_YET);
            });
    SensorActivities stub = TestedActivities.calls(around, SensorActivities.class);

    for (int look = 1; look <= 2; look++) {
      assertThrows(ActivityFailure.class, () -> stub.look(new SensorLook(task())));
    }

    assertEquals(
        List.of("orders 1/1 I look.", "orders 1/2 I look."),
        said.stream()
            .map(
                line ->
                    "%s %d/%d %s"
                        .formatted(line.stage(), line.attempt(), line.number(), line.text()))
            .toList());
  }

  /** PostgreSQL stands still: Temporal must not take the attempt for lost. */
  @Test
  void shouldGiveSignsOfLifeWhileItWaitsForItsClaim() {
    AtomicInteger heardMeanwhile = new AtomicInteger();
    Attempts attempts =
        StandIn.answering(
            Attempts.class,
            (method, given) -> {
              if (method.equals("claim")) {
                heardMeanwhile.set(heardTwiceWithin(PATIENCE));
              }
              return method.equals("finish") ? true : null;
            });
    TestActivityEnvironment around =
        around(attempts, StandIn.answering(Logs.class, (method, given) -> 0));
    around.registerActivitiesImplementations((Working) task -> {});

    TestedActivities.calls(around, Working.class, LONGEST_SILENCE).work(task());

    assertTrue(heardMeanwhile.get() >= 2, heardMeanwhile::toString);
  }

  private static StageTask task() {
    Work orders = new Work.Task("Shop$Tasks", "orders", "()V", false);
    return Stages.task(Stages.stage("orders", orders), Map.of());
  }

  private TestActivityEnvironment around(Attempts attempts, Logs logs) {
    TestActivityEnvironment opened =
        TestedActivities.within(
            new StageInterceptor(
                attempts,
                ArtifactStore.open(folder.toUri()),
                clock,
                new StageInterceptor.Surroundings(
                    "worker-1", new TreeMap<>(), AttemptLogs.open(folder, logs)),
                attempt -> Optional.empty()));
    opened.setActivityHeartbeatListener(Void.class, details -> beats.incrementAndGet());
    temporal = opened;
    return opened;
  }

  private int heardTwiceWithin(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (beats.get() < 2 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(10_000_000);
    }
    return beats.get();
  }
}
