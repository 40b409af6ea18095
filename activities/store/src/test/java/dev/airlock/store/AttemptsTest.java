package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AttemptsTest {

  private TestDatabase database;
  private Store store;
  private Scene scene;
  private long run;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    scene = new Scene(store, new FileArtifactStore(folder));
  }

  @BeforeEach
  void request() {
    run = scene.run("engineer");
  }

  @AfterAll
  void close() {
    database.close();
  }

  private static void assertFenced(Runnable action) {
    ApplicationFailure failure = assertThrows(ApplicationFailure.class, action::run);
    assertEquals(StageFailure.FENCED, failure.getType());
    assertTrue(failure.isNonRetryable());
  }

  @Test
  void shouldFenceOffEveryEarlierAttemptWhenALaterOneBegins() {
    store.attempts().claim(run, "orders", 1, "worker-a");
    store.attempts().requireCurrent(run, "orders", 1);

    store.attempts().claim(run, "orders", 3, "worker-b");

    assertFenced(() -> store.attempts().requireCurrent(run, "orders", 1));
    assertFenced(() -> store.attempts().claim(run, "orders", 2, "worker-a"));
    assertFenced(() -> store.datasets().publish(run, "orders", 1, Scene.DATA));
    assertTrue(store.datasets().published(run, "orders").isEmpty());
    assertEquals(3, store.runs().stages(run).get(0).attempt());
  }

  @Test
  void shouldLetTheSameAttemptBeginAgainWhenItsWorkerDied() {
    store.attempts().claim(run, "orders", 1, "worker-a");
    store.attempts().claim(run, "orders", 1, "worker-b");

    assertEquals(
        List.of("worker-b"),
        store.runs().attempts(run).stream().map(StageAttempt::worker).toList());
  }

  @Test
  void shouldHoldOffALaterAttemptUntilTheCommitIsThrough() throws Exception {
    store.attempts().claim(run, "orders", 1, "worker-a");
    CountDownLatch fenced = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<Void> commit =
        CompletableFuture.runAsync(
            () ->
                database
                    .application()
                    .useTransaction(
                        handle -> {
                          Attempts.requireCurrent(handle, run, "orders", 1);
                          fenced.countDown();
                          awaitQuietly(goOn);
                        }));
    assertTrue(fenced.await(30, TimeUnit.SECONDS));
    CompletableFuture<Void> claim =
        CompletableFuture.runAsync(() -> store.attempts().claim(run, "orders", 2, "worker-b"));

    Deadline.within(Duration.ofSeconds(20), this::someoneWaitsForALock);
    assertFalse(claim.isDone());
    goOn.countDown();
    commit.get(20, TimeUnit.SECONDS);
    claim.get(20, TimeUnit.SECONDS);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean someoneWaitsForALock() {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery("select exists (select from pg_locks where not granted)")
                    .mapTo(Boolean.class)
                    .one());
  }

  @Test
  void shouldKeepHowAnAttemptEnded() {
    store.attempts().claim(run, "orders", 1, "worker-a");
    StageError error = new StageError("bad-data", "Row 3 is broken.", List.of("row 3"));

    assertTrue(store.attempts().finish(run, "orders", 1, error, "d".repeat(64)));
    assertFalse(store.attempts().finish(run, "orders", 1, null, null));

    StageAttempt attempt = store.runs().attempts(run).get(0);
    assertEquals(error, attempt.error());
    assertEquals("d".repeat(64), attempt.logDigest());
  }

  @Test
  void shouldRefuseWhenTheRunHasNoSuchStage() {
    assertThrows(
        UnknownEntityException.class, () -> store.attempts().claim(run, "nowhere", 1, "worker-a"));
  }

  @Test
  void shouldLeaveOneManifestForAnAttempt() {
    Manifest manifest =
        Manifest.of(
            scene.task(run, "orders", Map.of()),
            1,
            new TreeMap<>(Map.of("java", "17.0.15")),
            Scene.DATA);

    store.attempts().claim(run, "orders", 1, "worker-a");

    store.attempts().succeed(manifest, null);
    store.attempts().succeed(manifest, null);

    assertEquals(manifest, store.attempts().manifest(run, "orders").orElseThrow());
    assertNotNull(store.runs().attempts(run).get(0).endedAt());
  }

  @Test
  void shouldLeaveNothingOfAnAttemptThatALaterOneHasFencedOff() {
    Manifest manifest =
        Manifest.of(scene.task(run, "orders", Map.of()), 1, new TreeMap<>(Map.of()), Scene.DATA);
    store.attempts().claim(run, "orders", 1, "worker-a");
    store.attempts().claim(run, "orders", 2, "worker-b");

    ApplicationFailure failure =
        assertThrows(ApplicationFailure.class, () -> store.attempts().succeed(manifest, null));

    assertEquals(StageFailure.FENCED, failure.getType());
    assertTrue(store.attempts().manifest(run, "orders").isEmpty());
    assertNull(store.runs().attempts(run).get(0).endedAt());
  }

  @Test
  void shouldKeepTheFirstVersionWhenADatasetIsPublishedTwice() {
    store.attempts().claim(run, "orders", 1, "worker-a");

    DatasetRow first = store.datasets().publish(run, "orders", 1, Scene.DATA);
    DatasetRow again = store.datasets().publish(run, "orders", 1, Scene.DATA);

    assertEquals(first, again);
    assertEquals(Scene.DATA, first.output());
    assertEquals(first, store.datasets().newest(Scene.DATA.dataset()).orElseThrow());
    assertTrue(
        store.datasets().page(500, null).items().stream()
            .anyMatch(dataset -> dataset.name().equals(Scene.DATA.dataset())));
  }

  @Test
  void shouldLetOneAtATimeHoldTheLockOfADataset() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Runnable work =
        () -> {
          for (int i = 0; i < 20; i++) {
            DatasetLock lock = store.lockDataset("a.b");
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            inside.decrementAndGet();
            lock.close();
          }
        };
    CompletableFuture.allOf(
            CompletableFuture.runAsync(work),
            CompletableFuture.runAsync(work),
            CompletableFuture.runAsync(work))
        .get(30, TimeUnit.SECONDS);

    assertEquals(1, most.get());
  }
}
