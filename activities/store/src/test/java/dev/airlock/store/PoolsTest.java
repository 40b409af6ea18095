package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.RunState;
import dev.airlock.workflows.SlotRequest;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageState;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PoolsTest {

  private static final String STAGE = "orders";

  private TestDatabase database;
  private Store store;
  private Pools pools;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
    pools = store.pools();
  }

  @BeforeEach
  void empty(@TempDir Path folder) {
    database.emptied();
    new Scene(store, new FileArtifactStore(folder));
    pools.resize("warehouse", 2, by("admin"));
  }

  @AfterAll
  void close() {
    database.close();
  }

  private long newRun() {
    return store
        .runs()
        .request(new NewRun(Scene.PIPELINE, Map.of(), null, by("e"), "e", "", null))
        .id();
  }

  private SlotRequest request(long run) {
    return pools.request(run, STAGE, "warehouse", 1);
  }

  private void end(long run, StageState state) {
    int next = store.runs().lastSequence(run) + 1;
    store
        .runLedger()
        .record(
            run,
            List.of(new StageChange(next, STAGE, state, Instant.now(), null, null)),
            RunState.RUNNING);
  }

  private boolean isGranted(long run) {
    return pools.ofStage(run, STAGE).orElseThrow().grantedAt() != null;
  }

  /** The wishes of which runs are to be told. */
  private List<Long> told() {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "select subject from outbox where kind = 'slots-granted' order by id")
                    .mapTo(Long.class)
                    .list());
  }

  @Test
  void shouldGrantAtOnceWhenThereIsRoom() {
    assertTrue(request(newRun()).granted());
    assertTrue(request(newRun()).granted());
    assertEquals(List.of(), told());
  }

  @Test
  void shouldAnswerTheSameToTheSameStage() {
    long run = newRun();
    assertEquals(request(run), request(run));
    assertEquals(1, pools.find("warehouse").orElseThrow().held());
  }

  @Test
  void shouldServeWhoCameFirst() {
    long first = newRun();
    long second = newRun();
    request(first);
    request(second);
    SlotRequest third = request(newRun());
    SlotRequest fourth = request(newRun());
    assertFalse(third.granted());
    assertFalse(fourth.granted());

    end(first, StageState.SUCCEEDED);

    assertEquals(List.of(third.id()), told());
    assertEquals(2, pools.find("warehouse").orElseThrow().held());
    assertEquals(1, pools.find("warehouse").orElseThrow().waiting());
  }

  @Test
  void shouldNotLetASmallWishOvertakeALargeOne() {
    long holder = newRun();
    request(holder);
    SlotRequest large = pools.request(newRun(), STAGE, "warehouse", 2);
    SlotRequest small = request(newRun());
    assertFalse(large.granted());
    assertFalse(small.granted());

    end(holder, StageState.FAILED);

    assertEquals(List.of(large.id()), told());
  }

  @Test
  void shouldLetOthersPastAWishThatCanNeverBeMet() {
    SlotRequest never = pools.request(newRun(), STAGE, "warehouse", 3);

    assertTrue(request(newRun()).granted());
    assertFalse(never.granted());

    pools.resize("warehouse", 5, by("admin"));
    assertEquals(List.of(never.id()), told());
  }

  @Test
  void shouldGiveBackHoweverTheStageEnds() {
    for (StageState state :
        List.of(
            StageState.SUCCEEDED, StageState.FAILED, StageState.CANCELLED, StageState.SKIPPED)) {
      long run = newRun();
      assertTrue(request(run).granted(), state.word());
      end(run, state);
      assertEquals(0, pools.find("warehouse").orElseThrow().held(), state.word());
    }
  }

  @Test
  void shouldGiveBackWhenTheRunEndsThoughNobodySpeaksOfTheStage() {
    long run = newRun();
    request(run);
    store.runLedger().close(run, RunState.FAILED, null, Instant.now());

    assertEquals(0, pools.find("warehouse").orElseThrow().held());
  }

  @Test
  void shouldGiveBackWhenTemporalHasForgottenTheRun() {
    long run = newRun();
    request(run);
    long other = newRun();
    request(other);
    SlotRequest waiting = request(newRun());

    ForgottenRuns.close(store, run, RunState.FAILED, "Temporal has forgotten this run.");

    assertEquals(List.of(waiting.id()), told());
  }

  @Test
  void shouldLeaveTheQueueWhenTheWaitingStageIsCancelled() {
    long first = newRun();
    long second = newRun();
    request(first);
    request(second);
    long third = newRun();
    request(third);
    SlotRequest fourth = request(newRun());

    end(third, StageState.CANCELLED);
    end(first, StageState.SUCCEEDED);

    assertEquals(List.of(fourth.id()), told());
  }

  @Test
  void shouldNotKeepOtherPoolsWaiting() {
    pools.resize("gpus", 1, by("admin"));
    request(newRun());
    request(newRun());
    assertFalse(request(newRun()).granted());

    assertTrue(pools.request(newRun(), STAGE, "gpus", 1).granted());
  }

  @Test
  void shouldHoldEverybodyBackAtSizeZeroAndLetThemInAgain() {
    pools.resize("warehouse", 0, by("admin"));
    long run = newRun();
    assertFalse(request(run).granted());

    pools.resize("warehouse", 1, by("admin"));
    assertTrue(isGranted(run));
  }

  @Test
  void shouldSayWhatToDoWhenThereIsNoSuchPool() {
    long run = newRun();
    ApplicationFailure failure =
        assertThrows(ApplicationFailure.class, () -> pools.request(run, STAGE, "gpu", 1));
    assertEquals(
        "There is no pool 'gpu'. Make it first: airlock pools --set gpu=4.",
        failure.getOriginalMessage());
  }

  /** Many stages come and go at once, on a pool that is made larger and smaller meanwhile. */
  @Test
  void shouldNeverGrantMoreThanThereIsAndLoseNobody() throws Exception {
    int size = 3;
    pools.resize("warehouse", size, by("admin"));
    List<Long> runs = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      runs.add(newRun());
    }
    ExecutorService threads = Executors.newFixedThreadPool(7);
    AtomicBoolean over = new AtomicBoolean();
    Future<Integer> most = threads.submit(() -> mostHeld(over));
    List<Future<?>> lives = new ArrayList<>();
    for (long run : runs) {
      lives.add(threads.submit(() -> live(run)));
    }
    for (Future<?> life : lives) {
      life.get(60, TimeUnit.SECONDS);
    }
    over.set(true);

    assertTrue(most.get() <= size, "held at once: " + most.get());
    assertTrue(most.get() >= 2, "held at once: " + most.get());
    assertTrue(runs.stream().allMatch(this::isGranted));
    assertEquals(0, pools.find("warehouse").orElseThrow().held());
    assertEquals(0, pools.find("warehouse").orElseThrow().waiting());
    threads.shutdown();
  }

  private void live(long run) {
    int slots = ThreadLocalRandom.current().nextInt(1, 3);
    SlotRequest wish = pools.request(run, STAGE, "warehouse", slots);
    while (!wish.granted() && !isGranted(run)) {
      pause();
    }
    pause();
    end(run, ThreadLocalRandom.current().nextBoolean() ? StageState.SUCCEEDED : StageState.FAILED);
  }

  private int mostHeld(AtomicBoolean over) {
    int most = 0;
    while (!over.get()) {
      most = Math.max(most, pools.find("warehouse").orElseThrow().held());
    }
    return most;
  }

  private static void pause() {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(1, 8));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
