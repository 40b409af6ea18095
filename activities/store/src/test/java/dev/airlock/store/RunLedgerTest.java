package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.RunLedger;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RunLedgerTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private TestDatabase database;
  private Store store;
  private Scene scene;
  private RunLedger ledger;
  private long run;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    scene = new Scene(store, new FileArtifactStore(folder));
    ledger = store.runLedger();
  }

  @BeforeEach
  void request() {
    run = scene.run("engineer");
  }

  @AfterAll
  void close() {
    database.close();
  }

  private static StageChange change(int sequence, String stage, StageState state) {
    return new StageChange(
        sequence,
        stage,
        state,
        START.plusSeconds(sequence),
        state == StageState.SUCCEEDED ? Scene.DATA : null,
        state == StageState.FAILED
            ? new StageError("bad-data", "Row 3 is broken.", List.of("row 3"))
            : null);
  }

  private RunStage stage(String name) {
    return store.runs().stages(run).stream()
        .filter(stage -> stage.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private RunState state() {
    return store.runs().find(run).orElseThrow().state();
  }

  @Test
  void shouldFoldBothChangesWhenAShortStageWritesThemAtOnce() {
    ledger.record(
        run,
        List.of(change(1, "orders", StageState.RUNNING), change(2, "orders", StageState.SUCCEEDED)),
        RunState.RUNNING);

    RunStage orders = stage("orders");
    assertEquals(StageState.SUCCEEDED, orders.state());
    assertEquals(START.plusSeconds(1), orders.startedAt());
    assertEquals(START.plusSeconds(2), orders.endedAt());
    assertEquals(Scene.DATA, orders.output());
    assertEquals(RunState.RUNNING, state());
    assertEquals(2, store.runs().eventsSince(run, 0).size());
    assertEquals(
        List.of(2), store.runs().eventsSince(run, 1).stream().map(StageEvent::sequence).toList());
  }

  @Test
  void shouldPassOverWhatWasRecordedBefore() {
    List<StageChange> changes = List.of(change(1, "orders", StageState.RUNNING));

    ledger.record(run, changes, RunState.RUNNING);
    ledger.record(run, changes, RunState.RUNNING);
    ledger.record(run, List.of(change(1, "orders", StageState.FAILED)), RunState.RUNNING);

    assertEquals(1, store.runs().eventsSince(run, 0).size());
    assertEquals(StageState.RUNNING, stage("orders").state());
  }

  @Test
  void shouldNotGoBackWhenALateWordArrives() {
    ledger.record(run, List.of(change(3, "orders", StageState.FAILED)), RunState.WAITING);
    ledger.record(run, List.of(change(2, "orders", StageState.RUNNING)), RunState.RUNNING);

    assertEquals(StageState.FAILED, stage("orders").state());
    assertEquals(change(3, "orders", StageState.FAILED).error(), stage("orders").error());
    assertEquals(RunState.WAITING, state());
    assertEquals(2, store.runs().eventsSince(run, 0).size());
  }

  /** What a worker wrote down whose workflow task did not count, and what was decided instead. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldFollowTheLaterDecisionWhereAWorkflowTaskIsDecidedTwice(boolean firstIsLate) {
    Instant first = START.plusSeconds(10);
    Instant second = START.plusSeconds(25);
    ledger.record(run, List.of(change(4, "orders", StageState.RUNNING)), RunState.RUNNING);
    Runnable unheard =
        () ->
            ledger.record(
                run,
                List.of(
                    new StageChange(5, "evaluate", StageState.QUEUED, first, null, null),
                    new StageChange(6, "evaluate", StageState.RUNNING, first, null, null)),
                RunState.RUNNING);
    if (!firstIsLate) {
      unheard.run();
    }
    ledger.record(
        run,
        List.of(
            new StageChange(5, "orders", StageState.SUCCEEDED, second, Scene.DATA, null),
            new StageChange(6, "evaluate", StageState.CANCELLED, second, null, null)),
        RunState.RUNNING);
    if (firstIsLate) {
      unheard.run();
    }

    assertEquals(StageState.SUCCEEDED, stage("orders").state());
    assertEquals(Scene.DATA, stage("orders").output());
    assertEquals(StageState.CANCELLED, stage("evaluate").state());
  }

  @Test
  void shouldKeepTheFirstOutcomeWhenClosedTwice() {
    StageError error = new StageError("bad-data", "Row 3 is broken.", List.of());

    ledger.close(run, RunState.FAILED, error, START);
    ledger.close(run, RunState.SUCCEEDED, null, START.plusSeconds(5));
    ledger.record(run, List.of(change(9, "orders", StageState.RUNNING)), RunState.RUNNING);

    Run closed = store.runs().find(run).orElseThrow();
    assertEquals(RunState.FAILED, closed.state());
    assertEquals(error, closed.error());
    assertEquals(START, closed.endedAt());
  }

  @Test
  void shouldClearTheEndWhenAStageRunsAgain() {
    ledger.record(run, List.of(change(1, "orders", StageState.FAILED)), RunState.RUNNING);
    ledger.record(run, List.of(change(2, "orders", StageState.RUNNING)), RunState.RUNNING);

    assertNull(stage("orders").endedAt());
    assertNull(stage("orders").error());
  }

  @Test
  void shouldRefuseToRewriteHistoryEvenForTheOwner() {
    ledger.record(run, List.of(change(1, "orders", StageState.RUNNING)), RunState.RUNNING);

    for (String statement :
        List.of(
            "update stage_event set state = 'failed'",
            "delete from stage_event",
            "truncate stage_event")) {
      assertThrows(
          UnableToExecuteStatementException.class,
          () -> database.application().useHandle(handle -> handle.execute(statement)),
          statement);
      UnableToExecuteStatementException refusal =
          assertThrows(
              UnableToExecuteStatementException.class,
              () -> database.owner().useHandle(handle -> handle.execute(statement)),
              statement);
      assertTrue(refusal.toString().contains("append-only"), refusal.toString());
    }
  }

  @Test
  void shouldTellListenersWhenARunChanges() {
    List<String> heard = new CopyOnWriteArrayList<>();
    Changes.Subscription subscription = store.changes().subscribe(Changes.RUN, heard::add);
    Deadline.within(Duration.ofSeconds(10), () -> heard.contains(Changes.EVERYTHING));

    ledger.record(run, List.of(change(1, "orders", StageState.RUNNING)), RunState.RUNNING);

    Deadline.within(Duration.ofSeconds(10), () -> heard.contains(Long.toString(run)));
    subscription.close();
  }
}
