package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.store.Backfill.Rerun;
import dev.airlock.store.Backfill.Sequence;
import dev.airlock.workflows.RunState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Runs for times of a schedule that have passed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BackfillsTest {

  private static final Instant MONDAY = Instant.parse("2026-03-02T00:00:00Z");

  private TestDatabase database;
  private Store store;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
  }

  @AfterAll
  void close() {
    database.close();
  }

  private String daily(String name, int maximumActiveRuns) {
    Graph graph = Scene.graph("ml-leads", 1);
    store
        .pipelines()
        .publish(
            new Graph(
                name,
                graph.owner(),
                new ScheduleSpec("0 0 * * *", "UTC"),
                graph.params(),
                graph.stages(),
                maximumActiveRuns == 0
                    ? null
                    : new StartSpec(maximumActiveRuns, null, null, false)),
            Scene.CODE,
            by("publisher"));
    return name;
  }

  private static Instant day(int number) {
    return MONDAY.plus(Duration.ofDays(number));
  }

  private static NewBackfill wish(
      String pipeline, int from, int to, int maxActive, Sequence sequence, Rerun rerun) {
    return new NewBackfill(
        pipeline,
        day(from),
        day(to),
        Map.of(),
        maxActive,
        sequence,
        rerun,
        "",
        by("engineer"),
        null);
  }

  private static NewBackfill wish(String pipeline, int from, int to) {
    return wish(pipeline, from, to, 1, Sequence.OLDEST, Rerun.NONE);
  }

  private void end(@Nullable Long run, RunState state) {
    store.runLedger().close(Objects.requireNonNull(run), state, null, Instant.now());
  }

  private List<BackfillDate> dates(long backfill) {
    return store.backfills().dates(backfill);
  }

  private Backfill find(long backfill) {
    return store.backfills().find(backfill).orElseThrow();
  }

  @Test
  void shouldStartOneDateAfterAnotherFromTheOldest() {
    String pipeline = daily("in-order", 0);

    long id = store.backfills().request(wish(pipeline, 0, 2));

    List<BackfillDate> dates = dates(id);
    assertEquals(
        List.of(day(0), day(1), day(2)), dates.stream().map(BackfillDate::logicalDate).toList());
    assertEquals(
        List.of("started", "pending", "pending"), dates.stream().map(BackfillDate::state).toList());
    Run run = store.runs().find(Objects.requireNonNull(dates.get(0).runId())).orElseThrow();
    assertEquals(day(0), run.logicalDate());
    assertEquals("backfill", run.triggeredBy());
    assertEquals("engineer", run.requestedBy());
    assertTrue(String.valueOf(run.triggerDetail()).contains("\"backfill\": " + id));

    end(dates.get(0).runId(), RunState.SUCCEEDED);
    assertEquals("started", dates(id).get(1).state());
    end(dates(id).get(1).runId(), RunState.FAILED);
    assertEquals("running", find(id).state());
    end(dates(id).get(2).runId(), RunState.SUCCEEDED);
    Backfill backfill = find(id);
    assertEquals("failed", backfill.state());
    assertEquals(2, backfill.succeeded());
    assertEquals(1, backfill.failed());
  }

  @Test
  void shouldStartSeveralAtOnceFromTheNewest() {
    String pipeline = daily("newest", 0);

    long id = store.backfills().request(wish(pipeline, 0, 3, 2, Sequence.NEWEST, Rerun.NONE));

    assertEquals(
        List.of(day(3), day(2)),
        dates(id).stream()
            .filter(date -> date.state().equals("started"))
            .map(BackfillDate::logicalDate)
            .toList());
  }

  @Test
  void shouldKeepWithinTheLimitOfThePipeline() {
    String pipeline = daily("limited", 1);
    long byHand =
        store
            .runs()
            .request(new NewRun(pipeline, Map.of(), null, by("e"), "engineer", "", null))
            .id();

    long id = store.backfills().request(wish(pipeline, 0, 3, 3, Sequence.OLDEST, Rerun.NONE));

    assertEquals(0, find(id).active());
    end(byHand, RunState.SUCCEEDED);
    assertEquals(1, find(id).active());
  }

  @Test
  void shouldSayWhatBecomesOfEachDateAndWhy() {
    String pipeline = daily("planned", 0);
    long first = store.backfills().request(wish(pipeline, 0, 2, 3, Sequence.OLDEST, Rerun.NONE));
    List<Long> runs = dates(first).stream().map(BackfillDate::runId).toList();
    end(runs.get(0), RunState.SUCCEEDED);
    end(runs.get(1), RunState.FAILED);

    List<BackfillDate> none = store.backfills().plan(wish(pipeline, 0, 3));
    List<BackfillDate> failed =
        store.backfills().plan(wish(pipeline, 0, 3, 1, Sequence.OLDEST, Rerun.FAILED));
    List<BackfillDate> all =
        store.backfills().plan(wish(pipeline, 0, 3, 1, Sequence.OLDEST, Rerun.ALL));

    assertEquals(
        List.of(
            "Run %d has succeeded.".formatted(runs.get(0)),
            "Run %d has failed.".formatted(runs.get(1)),
            "Run %d is under way.".formatted(runs.get(2)),
            "It has no run."),
        none.stream().map(BackfillDate::because).toList());
    assertEquals(List.of("left-out", "left-out", "left-out", "pending"), states(none));
    assertEquals(List.of("left-out", "pending", "left-out", "pending"), states(failed));
    assertEquals(List.of("pending", "pending", "left-out", "pending"), states(all));
    assertEquals(
        1, store.backfills().list(pipeline, 10, null).items().size(), "a plan changes nothing");
  }

  private static List<String> states(List<BackfillDate> dates) {
    return dates.stream().map(BackfillDate::state).toList();
  }

  @Test
  void shouldLeaveOutWhatIsToComeAndWhatWaitsInAnother() {
    String pipeline = daily("ahead", 0);
    Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS);
    NewBackfill wish =
        new NewBackfill(
            pipeline,
            today.minus(Duration.ofDays(1)),
            today.plus(Duration.ofDays(1)),
            Map.of(),
            1,
            Sequence.OLDEST,
            Rerun.NONE,
            "",
            by("engineer"),
            null);
    long id = store.backfills().request(wish);

    assertEquals(List.of("started", "pending", "left-out"), states(dates(id)));
    assertEquals("It is still to come; the schedule starts it.", dates(id).get(2).because());
    assertEquals(
        "It is waiting in backfill %d.".formatted(id),
        store.backfills().plan(wish).get(1).because());
  }

  @Test
  void shouldStartNoMoreDatesWhenCancelled() {
    String pipeline = daily("stopped", 0);
    long id = store.backfills().request(wish(pipeline, 0, 2));

    assertTrue(store.backfills().cancel(id, by("admin")));
    assertFalse(store.backfills().cancel(id, by("engineer")));

    end(dates(id).get(0).runId(), RunState.SUCCEEDED);
    assertEquals(List.of("started", "cancelled", "cancelled"), states(dates(id)));
    assertEquals("admin", find(id).cancelledBy());
    assertEquals("cancelled", find(id).state());
    assertThrows(
        UnknownEntityException.class, () -> store.backfills().cancel(999_999, by("admin")));
  }

  @Test
  void shouldGoOnWhenAProcessDiedBeforeItStartedTheNextDate() {
    String pipeline = daily("survivor", 0);
    long id = store.backfills().request(wish(pipeline, 0, 1));
    Long first = dates(id).get(0).runId();
    database
        .owner()
        .useHandle(
            handle -> handle.execute("update run set state = 'succeeded' where id = ?", first));

    store.runs().admitOverdue();
    store.runs().admitOverdue();

    assertEquals(List.of("started", "started"), states(dates(id)));
  }

  @Test
  void shouldAnswerTheSameBackfillWhenTheKeyIsRepeated() {
    NewBackfill wish =
        new NewBackfill(
            daily("twice-filled", 0),
            day(0),
            day(1),
            Map.of(),
            1,
            Sequence.OLDEST,
            Rerun.NONE,
            "",
            by("engineer"),
            "the-key");

    assertEquals(store.backfills().request(wish), store.backfills().request(wish));
  }

  @Test
  void shouldSayWhyABackfillCannotBe() {
    String pipeline = daily("refusing", 0);
    Graph graph = Scene.graph("ml-leads", 1);
    store
        .pipelines()
        .publish(
            new Graph("no-schedule", graph.owner(), null, graph.params(), graph.stages()),
            Scene.CODE,
            by("publisher"));

    assertRefused(wish("no-schedule", 0, 1), "Pipeline no-schedule has no schedule");
    assertRefused(
        wish(pipeline, 1, 0),
        "The backfill starts at 2026-03-03T00:00:00Z, after its end at 2026-03-02T00:00:00Z.");
    assertRefused(
        wish(pipeline, 0, 1, 0, Sequence.OLDEST, Rerun.NONE), "At most 0 of its runs may go");
    assertRefused(wish(pipeline, -20_000, 0), "The schedule has more than 10000 times");
    assertThrows(
        InvalidParamsException.class,
        () ->
            store
                .backfills()
                .request(
                    new NewBackfill(
                        pipeline,
                        day(0),
                        day(1),
                        Map.of("trees", "0"),
                        1,
                        Sequence.OLDEST,
                        Rerun.NONE,
                        "",
                        by("engineer"),
                        null)));
  }

  private void assertRefused(NewBackfill wish, String because) {
    InvalidBackfillException refused =
        assertThrows(InvalidBackfillException.class, () -> store.backfills().request(wish));
    assertTrue(
        String.valueOf(refused.getMessage()).startsWith(because), () -> refused.getMessage());
  }
}
