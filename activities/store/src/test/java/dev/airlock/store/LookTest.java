package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageState;
import dev.airlock.workflows.TrialRequest;
import dev.airlock.workflows.TrialResult;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LookTest {

  private TestDatabase database;
  private Store store;
  private Scene scene;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    scene = new Scene(store, new FileArtifactStore(folder));
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void shouldHandRowsThatAreWantedToAWorkerUntilItHasReadThem() {
    long run = scene.run("engineer");
    store.attempts().claim(run, "orders", 1, "worker-a");
    store.datasets().publish(run, "orders", 1, Scene.DATA);
    DatasetSamples samples = store.datasetSamples();
    String dataset = Scene.DATA.dataset();
    long snapshot = Scene.DATA.snapshotId();

    assertEquals(1, samples.wantNewest());
    assertEquals(0, samples.wantNewest());
    assertEquals(List.of(snapshot), wanted());
    samples.refuse(dataset, snapshot, "The file is gone.");
    assertEquals(List.of(), wanted());
    assertEquals("The file is gone.", samples.find(dataset, snapshot).orElseThrow().problem());
    samples.want(dataset, snapshot);
    assertEquals(List.of(snapshot), wanted());
    samples.keep(dataset, snapshot, "digest");
    samples.keep(dataset, snapshot, "another");
    samples.want(dataset, snapshot);
    samples.refuse(dataset, snapshot, "too late");

    assertEquals(List.of(), wanted());
    DatasetSample kept = samples.find(dataset, snapshot).orElseThrow();
    assertEquals("digest", kept.digest());
    assertNull(kept.problem());
  }

  private List<Long> wanted() {
    return store.datasetSamples().wanted(10).stream().map(DatasetRow::snapshotId).toList();
  }

  @Test
  void shouldCarryATrialAndKeepItsFirstEnd() {
    TrialRequest request =
        new TrialRequest("p", "features", 10, new TreeMap<>(), null, null, null, null);
    long id = store.trials().request(request, by("engineer"));

    assertEquals(request, store.trials().find(id).orElseThrow().request());
    assertTrue(
        store.outbox().claim(100, Duration.ofMinutes(1)).stream()
            .anyMatch(row -> row.kind() == OutboxKind.TRIAL && row.subject() == id));
    assertTrue(store.trials().begin(id));
    assertFalse(store.trials().begin(id));
    TrialResult result =
        new TrialResult(
            "p",
            "features",
            "transform",
            List.of(),
            null,
            List.of(),
            new TreeMap<>(),
            null,
            List.of(),
            12);
    assertTrue(store.trials().succeed(id, result));
    assertFalse(
        store.trials().end(id, Trial.State.FAILED, new StageError("late", "late", List.of())));

    Trial trial = store.trials().find(id).orElseThrow();
    assertEquals(Trial.State.SUCCEEDED, trial.state());
    assertEquals(result, trial.result());
    assertNull(trial.error());
    assertFalse(store.trials().cancel(id, by("engineer")));
    assertThrows(UnknownEntityException.class, () -> store.trials().cancel(id + 1, by("engineer")));
  }

  @Test
  void shouldCarryTheCancellationOfATrial() {
    TrialRequest request =
        new TrialRequest("p", "features", 10, new TreeMap<>(), null, null, null, null);
    long id = store.trials().request(request, by("engineer"));

    assertTrue(store.trials().cancel(id, by("engineer")));
    assertTrue(store.trials().cancel(id, by("engineer")));

    assertEquals(
        1,
        store.outbox().claim(100, Duration.ofMinutes(1)).stream()
            .filter(row -> row.kind() == OutboxKind.CANCEL_TRIAL && row.subject() == id)
            .count());
  }

  @Test
  void shouldFindTheNewestRunThatGotThroughAllThatIsRead() {
    long older = scene.run("engineer");
    long newer = scene.run("engineer");
    succeed(older);

    assertEquals(
        older, store.trials().newestWith(Scene.PIPELINE, List.of("orders"), 1).orElseThrow().id());
    assertEquals(newer, store.trials().newestWith(Scene.PIPELINE, List.of(), 0).orElseThrow().id());
    assertTrue(store.trials().newestWith(Scene.PIPELINE, List.of("orders", "judge"), 2).isEmpty());
    assertEquals(Scene.DATA, store.trials().output(older, "orders").orElseThrow());
    assertTrue(store.trials().output(newer, "orders").isEmpty());
    assertEquals(Scene.DATA, store.trials().newestOutput(Scene.PIPELINE, "orders").orElseThrow());
  }

  private void succeed(long run) {
    store
        .runLedger()
        .record(
            run,
            List.of(
                new StageChange(
                    1, "orders", StageState.SUCCEEDED, Instant.now(), Scene.DATA, null)),
            RunState.RUNNING);
  }

  @Test
  void shouldRememberTheEventLogOfAnAttempt() {
    long run = scene.run("engineer");
    store.attempts().claim(run, "orders", 1, "worker-a");

    store.attempts().keepEventLog(run, "orders", 1, "digest");

    assertEquals("digest", store.runs().attempts(run).get(0).eventLogDigest());
    store.attempts().claim(run, "orders", 1, "worker-a");
    assertNull(store.runs().attempts(run).get(0).eventLogDigest());
  }
}
