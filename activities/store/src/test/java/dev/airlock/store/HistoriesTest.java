package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HistoriesTest {

  private static final Duration LEASE = Duration.ofHours(1);

  private TestDatabase database;
  private Store store;
  private Scene scene;
  private Histories histories;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    scene = new Scene(store, new FileArtifactStore(folder));
    histories = store.histories();
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void shouldGiveAClosedRunToOneKeeperAtATime() {
    long run = scene.run("engineer");
    assertFalse(histories.claim(100, LEASE).contains(run), "It has not ended.");

    end(run);

    assertTrue(histories.claim(100, LEASE).contains(run));
    assertFalse(histories.claim(100, LEASE).contains(run), "Somebody else has it.");
  }

  @Test
  void shouldGiveARunAgainWhenItsKeeperDied() {
    long run = scene.run("engineer");
    end(run);

    assertTrue(histories.claim(100, Duration.ZERO).contains(run));
    assertTrue(histories.claim(100, LEASE).contains(run));
  }

  @Test
  void shouldKeepWhatWasKeptFirst() {
    long run = scene.run("engineer");
    end(run);
    RunHistory first = new RunHistory(1, "run-" + run, "e1", "PipelineWorkflow", 40, "d1");
    RunHistory child = new RunHistory(2, "run-" + run + "/map", "e2", "MapWorkflow", 9, "d2");
    assertEquals(Optional.empty(), histories.state(run));

    histories.keep(run, List.of(first, child));
    histories.keep(
        run, List.of(new RunHistory(1, "run-" + run, "e9", "PipelineWorkflow", 1, "d9")));
    histories.forgotten(run);

    assertEquals(List.of(first, child), histories.of(run));
    assertEquals(Optional.of("kept"), histories.state(run));
    assertFalse(histories.claim(100, LEASE).contains(run));
  }

  @Test
  void shouldNotLookAgainForWhatTemporalHasForgotten() {
    long run = scene.run("engineer");
    end(run);

    histories.forgotten(run);

    assertEquals(Optional.of("forgotten"), histories.state(run));
    assertFalse(histories.claim(100, LEASE).contains(run));
  }

  private void end(long run) {
    store.runLedger().close(run, RunState.CANCELLED, null, Instant.now());
  }
}
