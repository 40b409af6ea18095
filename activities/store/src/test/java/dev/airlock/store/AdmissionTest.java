package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.dsl.graph.ScheduleSpec.Overlap;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** When a run's turn has come: how many go at once, and what overlaps with what. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AdmissionTest {

  private static final Instant MIDNIGHT = Instant.parse("2026-03-01T00:00:00Z");

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

  private static Graph graph(String name, @Nullable ScheduleSpec schedule, int maximumActiveRuns) {
    Graph graph = Scene.graph("ml-leads", 1);
    return new Graph(
        name,
        graph.owner(),
        schedule,
        graph.params(),
        graph.stages(),
        new StartSpec(maximumActiveRuns, null, null, false));
  }

  private String atMost(String name, int maximumActiveRuns) {
    store.pipelines().publish(graph(name, null, maximumActiveRuns), Scene.CODE, by("publisher"));
    return name;
  }

  private String scheduled(String name, @Nullable Overlap overlap) {
    ScheduleSpec daily =
        new ScheduleSpec("0 0 * * *", "UTC", null, null, null, null, overlap, null, null);
    store.pipelines().publish(graph(name, daily, 0), Scene.CODE, by("publisher"));
    return name;
  }

  private long ask(String pipeline) {
    return store
        .runs()
        .request(new NewRun(pipeline, Map.of(), null, by("engineer"), "engineer", "", null))
        .id();
  }

  private @Nullable Long due(String pipeline, int day) {
    return store.runLedger().requestScheduled(pipeline, MIDNIGHT.plus(Duration.ofDays(day)));
  }

  private String leftOut(String pipeline, int day) {
    return Objects.requireNonNull(
        store
            .scheduledTimes()
            .at(pipeline, MIDNIGHT.plus(Duration.ofDays(day)))
            .orElseThrow()
            .leftOut());
  }

  private boolean isOnItsWay(@Nullable Long run) {
    return database
        .application()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "select exists (select from outbox where kind = 'start-run' and subject = :run)")
                    .bind("run", run)
                    .mapTo(Boolean.class)
                    .one());
  }

  private void end(long run) {
    store.runLedger().close(run, RunState.SUCCEEDED, null, Instant.now());
  }

  private String why(long run) {
    return store.runs().whyQueued(store.runs().find(run).orElseThrow()).orElse("");
  }

  @Test
  void shouldStartRunsInTheirOrderWhenNoMoreThanSomeMayGoAtOnce() {
    String pipeline = atMost("two-at-once", 2);
    List<Long> runs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      runs.add(ask(pipeline));
    }

    assertEquals(
        List.of(true, true, false, false, false), runs.stream().map(this::isOnItsWay).toList());
    assertEquals("", why(runs.get(0)));
    assertEquals(
        "It waits its turn: at most 2 runs of two-at-once may go at once, 2 under way; 1 more is before it.",
        why(runs.get(3)));

    end(runs.get(1));
    assertEquals(
        List.of(true, true, true, false, false), runs.stream().map(this::isOnItsWay).toList());
    end(runs.get(1));
    assertFalse(isOnItsWay(runs.get(3)), "the same end again frees nothing");
    end(runs.get(0));
    end(runs.get(2));
    assertTrue(isOnItsWay(runs.get(3)));
    assertTrue(isOnItsWay(runs.get(4)));
  }

  @Test
  void shouldNeverExceedTheLimitWhenManyAskAndEndAtOnce() throws Exception {
    String pipeline = atMost("crowded", 3);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Long> call = () -> ask(pipeline);
      List<Long> runs = new ArrayList<>();
      for (Future<Long> run : threads.invokeAll(Collections.nCopies(24, call))) {
        runs.add(run.get());
      }
      assertEquals(3, runs.stream().filter(this::isOnItsWay).count());

      for (int ended = 3; ended <= 24; ended += 3) {
        List<Callable<Boolean>> ends = new ArrayList<>();
        runs.stream()
            .filter(this::isOnItsWay)
            .filter(run -> !store.runs().find(run).orElseThrow().state().isFinal())
            .forEach(
                run ->
                    ends.add(
                        () -> {
                          end(run);
                          return true;
                        }));
        assertEquals(3, ends.size(), "under way after " + ended);
        for (Future<Boolean> end : threads.invokeAll(ends)) {
          assertTrue(end.get());
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void shouldEndAHeldRunAtOnceWhenItIsCancelled() {
    String pipeline = atMost("one-at-a-time", 1);
    long first = ask(pipeline);
    long second = ask(pipeline);
    long third = ask(pipeline);

    assertTrue(store.runs().cancel(second, by("engineer")));

    RunDetail cancelled = store.runs().detail(second).orElseThrow();
    assertEquals(RunState.CANCELLED, cancelled.run().state());
    assertTrue(
        cancelled.stages().stream().allMatch(stage -> stage.state() == StageState.CANCELLED));
    end(first);
    assertFalse(isOnItsWay(second));
    assertTrue(isOnItsWay(third));
  }

  @Test
  void shouldStartTheNextRunWhenTemporalHasForgottenTheFirst() {
    String pipeline = atMost("forgetful", 1);
    long first = ask(pipeline);
    long second = ask(pipeline);

    ForgottenRuns.close(store, first, RunState.FAILED, "Temporal has forgotten this run.");

    assertTrue(isOnItsWay(second));
  }

  @Test
  void shouldStartWhatIsOverdueWhenAProcessDiedBeforeItDid() {
    String pipeline = atMost("swept", 1);
    long first = ask(pipeline);
    long second = ask(pipeline);
    // The end was written; whoever wrote it died before it looked who waits.
    database
        .owner()
        .useHandle(
            handle -> handle.execute("update run set state = 'succeeded' where id = ?", first));
    assertFalse(isOnItsWay(second));

    store.runs().admitOverdue();
    store.runs().admitOverdue();

    assertTrue(isOnItsWay(second));
  }

  @Test
  void shouldStartMoreWhenANewVersionAllowsMore() {
    String pipeline = atMost("growing", 1);
    ask(pipeline);
    long second = ask(pipeline);
    long third = ask(pipeline);

    atMost("growing", 2);

    assertTrue(isOnItsWay(second));
    assertFalse(isOnItsWay(third));
  }

  @Test
  void shouldLeaveTimesOutWhileARunGoesOnWhenToldToSkip() {
    String pipeline = scheduled("skips", Overlap.SKIP);
    Long first = due(pipeline, 0);

    assertNull(due(pipeline, 1));
    assertEquals("Run %d was still under way.".formatted(first), leftOut(pipeline, 1));
    end(Objects.requireNonNull(first));
    assertNull(due(pipeline, 1), "what was decided stays");
    assertNotNull(due(pipeline, 2));
  }

  @Test
  void shouldLetOneRunWaitWhenToldToBufferOne() {
    String pipeline = scheduled("buffers-one", Overlap.BUFFER_ONE);
    long byHand = ask(pipeline);
    Long first = due(pipeline, 0);
    Long second = due(pipeline, 1);

    assertTrue(isOnItsWay(byHand));
    assertTrue(isOnItsWay(first), "a run by hand is none of the schedule's");
    assertFalse(isOnItsWay(second));
    assertEquals(
        "It waits until run %d has ended: runs of the schedule go one after another."
            .formatted(first),
        why(Objects.requireNonNull(second)));
    assertNull(due(pipeline, 2));
    assertEquals(
        "Run %d was still under way, and run %d waited for it already.".formatted(first, second),
        leftOut(pipeline, 2));

    end(Objects.requireNonNull(first));
    assertTrue(isOnItsWay(second));
    assertNotNull(due(pipeline, 3));
  }

  @Test
  void shouldLetAllRunsWaitInOrderWhenToldToBufferAll() {
    String pipeline = scheduled("buffers-all", Overlap.BUFFER_ALL);
    List<Long> runs = new ArrayList<>();
    for (int day = 0; day < 4; day++) {
      runs.add(due(pipeline, day));
    }

    assertEquals(List.of(true, false, false, false), runs.stream().map(this::isOnItsWay).toList());
    end(runs.get(0));
    assertEquals(List.of(true, true, false, false), runs.stream().map(this::isOnItsWay).toList());
    end(runs.get(1));
    assertEquals(List.of(true, true, true, false), runs.stream().map(this::isOnItsWay).toList());
  }

  @Test
  void shouldCancelTheEarlierRunAndStartAfterItsEndWhenToldTo() {
    String pipeline = scheduled("cancels", Overlap.CANCEL);
    Long first = due(pipeline, 0);
    Long second = due(pipeline, 1);

    assertEquals(
        "schedule",
        store.runs().find(Objects.requireNonNull(first)).orElseThrow().cancelRequestedBy());
    assertFalse(isOnItsWay(second));
    Long third = due(pipeline, 2);
    assertEquals(
        RunState.CANCELLED,
        store.runs().find(Objects.requireNonNull(second)).orElseThrow().state(),
        "it had never started");
    store.runLedger().close(first, RunState.CANCELLED, null, Instant.now());
    assertTrue(isOnItsWay(third));
  }

  @Test
  void shouldStartBesideTheEarlierRunWhenNothingIsSaid() {
    String pipeline = scheduled("overlaps", null);

    assertTrue(isOnItsWay(due(pipeline, 0)));
    assertTrue(isOnItsWay(due(pipeline, 1)));
    store.pipelines().setPaused(pipeline, true, by("engineer"));
    assertNull(due(pipeline, 2));
    assertEquals("The schedule was paused.", leftOut(pipeline, 2));
  }

  @Test
  void shouldMakeUpForNoTimeThatIsLaterThanItsWindow() {
    ScheduleSpec spec =
        new ScheduleSpec(
            null, "UTC", Duration.ofHours(1), null, null, Duration.ofHours(3), null, null, null);
    store.pipelines().publish(graph("late", spec, 0), Scene.CODE, by("publisher"));
    Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS);

    // The next hour may begin meanwhile.
    assertTrue(
        isOnItsWay(store.runLedger().requestScheduled("late", hour.minus(Duration.ofHours(1)))));
    Instant missed = hour.minus(Duration.ofHours(4));
    assertNull(store.runLedger().requestScheduled("late", missed));

    String because = store.scheduledTimes().at("late", missed).orElseThrow().leftOut();
    assertTrue(
        Objects.requireNonNull(because)
            .matches("No worker was there in time: it came [45] hours.*"),
        because);
    assertTrue(because.endsWith("late, and the window to catch up is 3 hours."), because);
  }

  @Test
  void shouldPassOverWhatIsNoTimeOfTheSchedule() {
    String pipeline = scheduled("exact", null);

    assertNull(store.runLedger().requestScheduled(pipeline, MIDNIGHT.plusSeconds(3_600)));

    assertEquals(List.of(), store.scheduledTimes().newest(pipeline, 5));
    assertEquals(List.of(), store.runs().listBefore(pipeline, null, Long.MAX_VALUE, 5));
  }

  @Test
  void shouldSayWhichTimeARunWasScheduledFor() {
    String pipeline = scheduled("explains", null);

    Run run = store.runs().find(Objects.requireNonNull(due(pipeline, 0))).orElseThrow();

    assertEquals(MIDNIGHT, run.logicalDate());
    assertEquals("schedule", run.triggeredBy());
    assertEquals("publisher", run.requestedBy());
    String detail = Objects.requireNonNull(run.triggerDetail());
    assertTrue(detail.contains("2026-03-01T00:00:00Z"), detail);
  }
}
