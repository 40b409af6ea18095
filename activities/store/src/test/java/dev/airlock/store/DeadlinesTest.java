package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.DeadlineSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.LimitSpec;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DeadlinesTest {

  private static final DeadlineSpec TWO_HOURS = new DeadlineSpec(Duration.ofHours(2), null, null);

  private TestDatabase database;
  private Store store;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
  }

  @BeforeEach
  void empty() {
    database.emptied();
  }

  @AfterAll
  void close() {
    database.close();
  }

  private long run(@Nullable LimitSpec limits, @Nullable StartSpec starts) {
    StageSpec load =
        new StageSpec(
            "load",
            new Work.Task("shop.Tasks", "load", "()V", false),
            List.of(),
            List.of(),
            RetrySpec.STANDARD,
            Duration.ofMinutes(5),
            null,
            limits,
            null);
    store
        .pipelines()
        .publish(
            new Graph("shop", "growth", null, List.of(), List.of(load), starts),
            "c".repeat(64),
            by("engineer"));
    return store.runs().request(new NewRun("shop", Map.of(), null, by("e"), "e", "", null)).id();
  }

  private long runWithLateStage() {
    return run(new LimitSpec("warehouse", 1, TWO_HOURS), null);
  }

  /** Lets the run be asked for so much earlier. */
  private void age(long run, String by) {
    database
        .owner()
        .useHandle(
            handle -> {
              handle.execute(
                  "update run set created_at = created_at - ?::interval where id = ?", by, run);
              handle.execute(
                  "update stage set ended_at = ended_at - ?::interval where run_id = ?", by, run);
              handle.execute(
                  "update deadline set due_at = due_at - ?::interval where run_id = ?", by, run);
            });
  }

  private void end(long run) {
    store
        .runLedger()
        .record(
            run,
            List.of(new StageChange(1, "load", StageState.SUCCEEDED, Instant.now(), null, null)),
            RunState.RUNNING);
    store.runLedger().close(run, RunState.SUCCEEDED, null, Instant.now());
  }

  private List<Alert> alerts() {
    return store.alerts().list(null, null, null, 10);
  }

  @Test
  void shouldSayNothingBeforeItIsLate() {
    long run = runWithLateStage();
    age(run, "1 hour 59 minutes");

    assertEquals(0, store.deadlines().look());
    end(run);
    age(run, "1 hour");
    assertEquals(1, store.deadlines().look());
    assertEquals(List.of(), alerts());
    assertEquals(0, store.deadlines().look());
  }

  @Test
  void shouldSayOnceWhatIsLateAndCloseWhenItHasEnded() {
    long run = runWithLateStage();
    age(run, "2 hours 5 minutes");

    store.deadlines().look();
    store.deadlines().look();

    assertEquals(1, alerts().size());
    Alert alert = alerts().get(0);
    assertEquals(run, alert.lateRunId());
    assertNull(alert.model());
    assertEquals("open", alert.state());
    assertTrue(
        alert
            .title()
            .startsWith(
                "Stage load of shop, run %d, is late: it is still pending. It was due at "
                    .formatted(run)),
        alert::title);
    assertTrue(alert.title().endsWith(" UTC, 2 hours after the run was asked for."), alert::title);
    assertEquals(List.of("opened"), events());

    end(run);
    store.deadlines().look();

    Alert closed = alerts().get(0);
    assertEquals("closed", closed.state());
    assertTrue(
        closed.closedBecause().startsWith("It ended succeeded, 5 minutes"), closed::closedBecause);
    assertEquals(List.of("opened", "closed"), events());
    assertEquals(0, store.deadlines().look());
  }

  @Test
  void shouldNameThePoolThatALateStageWaitsFor() {
    store.pools().resize("warehouse", 0, by("admin"));
    long run = runWithLateStage();
    store.pools().request(run, "load", "warehouse", 1);
    age(run, "3 hours");

    store.deadlines().look();

    assertTrue(
        alerts().get(0).title().contains("still pending for the pool warehouse."),
        () -> alerts().get(0).title());
  }

  @Test
  void shouldSayThatTheWholeRunIsLate() {
    long run = run(null, new StartSpec(0, null, null, false, TWO_HOURS));
    age(run, "1 day");

    store.deadlines().look();

    assertTrue(
        alerts()
            .get(0)
            .title()
            .startsWith("Run %d of shop is late: it is still queued.".formatted(run)),
        () -> alerts().get(0).title());
  }

  @Test
  void shouldTellAlsoOfWhatEndedLateWhileNobodyLooked() {
    long run = runWithLateStage();
    age(run, "3 hours");
    end(run);

    store.deadlines().look();

    assertEquals("closed", alerts().get(0).state());
    assertTrue(alerts().get(0).title().contains("has ended late."), () -> alerts().get(0).title());
  }

  private List<String> events() {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery("select event from notification order by id")
                    .mapTo(String.class)
                    .list());
  }
}
