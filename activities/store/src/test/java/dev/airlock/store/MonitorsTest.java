package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RoutingActivities;
import dev.airlock.workflows.StageTask;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What monitors remember, and what their rules lead to. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MonitorsTest {

  private static final String MODEL = Scene.MODEL;
  private static final Instant JUNE = Instant.parse("1998-06-30T00:00:00Z");
  private static final Instant JANUARY = Instant.parse("1998-01-01T00:00:00Z");
  private static final Instant FEBRUARY = Instant.parse("1998-02-01T00:00:00Z");
  private static final int RETRAIN = 1;
  private static final int ROLL_BACK = 2;

  private TestDatabase database;
  private Store store;
  private Monitors monitors;
  private Scene scene;
  private RoutingActivities routing;

  @BeforeAll
  void openDatabase() {
    database = TestDatabase.fresh();
    store = database.store();
    monitors = store.monitors();
    routing = store.routing(HaltPoint.NONE);
  }

  @BeforeEach
  void publish(@TempDir Path folder) {
    database.emptied();
    scene = new Scene(store, new FileArtifactStore(folder));
    scene.live("first");
  }

  @AfterAll
  void close() {
    database.close();
  }

  private long installed() {
    return install(scene.run("engineer"));
  }

  private long install(long run) {
    StageTask task = scene.task(run, "watch", Map.of());
    return monitors.install(task, MODEL, Scene.WATCH, Duration.ofHours(6));
  }

  private String cause(int rule) {
    return "monitor/%d/rule/%d".formatted(monitors.ofModel(MODEL).get(0).id(), rule);
  }

  private RuleVerdict fires(int rule, int version, Consequence consequence) {
    return new RuleVerdict(
        new Monitors.RuleState(rule, version, 2, FEBRUARY, JUNE),
        cause(rule),
        new RuleVerdict.Firing(
            consequence, "Skill 0.01 in two windows.", Map.of("brier_skill", 0.01)),
        null);
  }

  private RuleVerdict recovers(int rule) {
    return new RuleVerdict(
        new Monitors.RuleState(rule, 1, 0, FEBRUARY, JUNE), cause(rule), null, "Skill 0.2 again.");
  }

  private void conclude(long check, List<RuleVerdict> verdicts) {
    monitors.conclude(check, monitors.memories(MODEL), verdicts);
  }

  private List<Alert> open() {
    return store.alerts().list(MODEL, "open", null, 10);
  }

  private long runs() {
    return store.runs().list(Scene.PIPELINE, null, 500, null).items().size();
  }

  @Test
  void shouldKeepWhatTheNewestRunHasPutInPlace() {
    long older = scene.run("engineer");
    long newer = scene.run("engineer");

    long id = install(newer);
    assertEquals(id, install(older));
    assertEquals(id, install(newer));

    Monitor monitor = monitors.find(id).orElseThrow();
    assertEquals(newer, monitor.runId());
    assertEquals("watch", monitor.name());
    assertEquals(Scene.WATCH, monitor.spec());
    assertEquals(Duration.ofHours(6), monitor.every());
    assertEquals("20", monitor.params().get("trees"));
    assertEquals(List.of(monitor), monitors.list());
    monitors.pause(id, true, by("engineer"));
    assertTrue(monitors.ofModel(MODEL).get(0).paused());
  }

  @Test
  void shouldAnswerTheSameCheckForTheSameMoment() {
    long id = installed();

    long check = monitors.requestCheck(id, JUNE, by("schedule"));

    assertEquals(check, monitors.requestCheck(id, JUNE, by("bob")));
    assertEquals("schedule", monitors.check(check).orElseThrow().requestedBy());
    assertEquals(1, monitors.checks(id, 10).size());
    assertThrows(UnknownEntityException.class, () -> monitors.requestCheck(99, JUNE, by("bob")));
  }

  @Test
  void shouldKeepTheFirstSufficientWindow() {
    long id = installed();
    long check = monitors.requestCheck(id, JUNE, by("schedule"));

    monitors.keep(window(id, check, false, 3, 0.9));
    monitors.keep(window(id, check, true, 700, 0.3));
    monitors.keep(window(id, check, true, 800, 0.1));
    monitors.keep(window(id, check, false, 3, 0.9));

    MonitorWindow kept = monitors.windows(id).get(0);
    assertEquals(700, kept.rows());
    assertEquals(Map.of("psi", 0.3), kept.figures());
    assertEquals(List.of(kept), monitors.windows(MODEL, 1, "drift"));
    assertEquals(List.of(kept), monitors.windows(MODEL, null, null));
    assertEquals(List.of(), monitors.windows(MODEL, 2, null));
  }

  private static MonitorWindow window(
      long monitor, long check, boolean sufficient, long rows, double psi) {
    return new MonitorWindow(
        monitor,
        1,
        JANUARY,
        FEBRUARY,
        "drift",
        sufficient,
        rows,
        Map.of("psi", psi),
        "{}",
        check,
        JANUARY);
  }

  @Test
  void shouldReadTheSpanAndTheRowsOfWhatWasPredicted() {
    store
        .predictions()
        .store(
            IntStream.range(0, 20)
                .mapToObj(
                    i ->
                        new Prediction(
                            UUID.randomUUID(),
                            MODEL,
                            1,
                            JANUARY.plus(Duration.ofDays(2L * i)),
                            Instant.now(),
                            i,
                            null,
                            "{\"x\": " + i + "}"))
                .toList());
    List<Monitors.Row> rows = new ArrayList<>();

    monitors.readPredictions(MODEL, 1, JANUARY, FEBRUARY, rows::add);

    assertEquals(16, rows.size());
    assertTrue(rows.contains(new Monitors.Row(3, "{\"x\": 3}")));
    assertEquals(
        List.of(new Monitors.Span(1, JANUARY, JANUARY.plus(Duration.ofDays(30)))),
        monitors.spans(MODEL, FEBRUARY));
  }

  @Test
  void shouldStartOneRunThatNamesItsRuleAndFigures() throws Exception {
    long id = installed();
    long before = runs();
    long check = monitors.requestCheck(id, JUNE, by("schedule"));
    List<RuleVerdict> verdicts =
        List.of(fires(RETRAIN, 1, Consequence.RETRAIN), fires(9, 1, Consequence.RETRAIN));
    List<Monitors.Memory> judgedOn = monitors.memories(MODEL);

    List<CompletableFuture<Void>> all =
        IntStream.range(0, 4)
            .mapToObj(
                i -> CompletableFuture.runAsync(() -> monitors.conclude(check, judgedOn, verdicts)))
            .toList();
    for (CompletableFuture<Void> one : all) {
      one.get(30, TimeUnit.SECONDS);
    }

    assertEquals(before + 1, runs());
    Alert second = open().get(0);
    Alert first = open().get(1);
    Run run = store.runs().find(Objects.requireNonNull(first.runId())).orElseThrow();
    assertEquals(JUNE, run.logicalDate());
    assertEquals("monitor", run.triggeredBy());
    assertEquals("engineer", run.requestedBy());
    String detail = Objects.requireNonNull(run.triggerDetail());
    assertTrue(detail.contains("\"brier_skill\": 0.01"), detail);
    assertTrue(detail.contains("\"rule\": 1"), detail);
    assertTrue(detail.contains("\"monitor\": \"watch\""), detail);
    assertNull(second.runId());
    assertTrue(second.title().endsWith("Another rule has started a run already."), second.title());
    assertEquals("done", monitors.check(check).orElseThrow().state());
    assertEquals(2, store.alerts().claim(10, Duration.ofMinutes(1)).size());
    assertEquals(
        new Monitors.RuleState(RETRAIN, 1, 2, FEBRUARY, JUNE), monitors.ruleStates(id).get(0));
  }

  @Test
  void shouldNotRetrainAPausedPipelineAndSaySo() {
    long check = monitors.requestCheck(installed(), JUNE, by("schedule"));
    store.pipelines().setPaused(Scene.PIPELINE, true, by("engineer"));
    long before = runs();

    conclude(check, List.of(fires(RETRAIN, 1, Consequence.RETRAIN)));

    assertEquals(before, runs());
    assertTrue(
        open().get(0).title().endsWith("No run was started: pipeline repeat-purchase is paused."));
  }

  @Test
  void shouldNotActAgainWhileItsAlertIsOpenAndCloseItOnRecovery() {
    long id = installed();
    long before = runs();
    conclude(
        monitors.requestCheck(id, JUNE, by("schedule")),
        List.of(fires(RETRAIN, 1, Consequence.RETRAIN)));
    long alert = open().get(0).id();
    store.alerts().acknowledge(alert, by("bob"));
    conclude(
        monitors.requestCheck(id, JUNE.plusSeconds(1), by("schedule")),
        List.of(fires(RETRAIN, 1, Consequence.RETRAIN)));
    assertEquals(before + 1, runs());
    assertEquals(1, open().size());

    conclude(
        monitors.requestCheck(id, JUNE.plusSeconds(2), by("schedule")), List.of(recovers(RETRAIN)));

    Alert closed = store.alerts().find(alert).orElseThrow();
    assertEquals("closed", closed.state());
    assertEquals("Skill 0.2 again.", closed.closedBecause());
    assertEquals("bob", closed.acknowledgedBy());
    assertEquals(
        List.of("opened", "acknowledged", "closed"),
        store.alerts().claim(10, Duration.ofMinutes(1)).stream()
            .map(Alerts.Notification::event)
            .toList());
    assertEquals(List.of(), store.alerts().claim(10, Duration.ofMinutes(1)));
  }

  @Test
  void shouldStartAnotherRunForAnOpenAlertOnceTheFirstHasEnded() {
    long id = installed();
    conclude(
        monitors.requestCheck(id, JUNE, by("schedule")),
        List.of(fires(RETRAIN, 1, Consequence.RETRAIN)));
    Alert alert = open().get(0);
    long first = Objects.requireNonNull(alert.runId());
    assertTrue(store.alerts().isRetraining(MODEL));
    database
        .owner()
        .useHandle(handle -> handle.execute("update run set state = 'failed' where id = ?", first));
    assertFalse(store.alerts().isRetraining(MODEL));
    long before = runs();

    conclude(
        monitors.requestCheck(id, JUNE.plus(Duration.ofDays(31)), by("schedule")),
        List.of(fires(RETRAIN, 1, Consequence.RETRAIN), fires(9, 1, Consequence.OPEN_TICKET)));

    assertEquals(before + 1, runs());
    Alert same = store.alerts().ofCause(cause(RETRAIN)).orElseThrow();
    assertEquals(alert.id(), same.id());
    assertTrue(Objects.requireNonNull(same.runId()) > first);
    assertEquals(2, open().size());
  }

  @Test
  void shouldRefuseWhatWasJudgedBeforeAnotherCheckWasConcluded() {
    long id = installed();
    long late = monitors.requestCheck(id, JUNE, by("schedule"));
    List<Monitors.Memory> judgedOn = monitors.memories(MODEL);
    long quick = monitors.requestCheck(id, JUNE.plusSeconds(1), by("schedule"));
    conclude(quick, List.of(fires(0, 1, Consequence.OPEN_TICKET)));

    List<RuleVerdict> verdicts = List.of(recovers(0));
    assertThrows(OvertakenException.class, () -> monitors.conclude(late, judgedOn, verdicts));

    assertEquals("queued", monitors.check(late).orElseThrow().state());
    assertEquals(1, open().size());
    conclude(late, verdicts);
    assertEquals(0, open().size());
    monitors.conclude(late, judgedOn, verdicts);
  }

  @Test
  void shouldLetARuleThatHasChangedBeginAnew() {
    long id = installed();
    conclude(
        monitors.requestCheck(id, JUNE, by("schedule")),
        List.of(
            fires(0, 1, Consequence.OPEN_TICKET),
            fires(RETRAIN, 1, Consequence.RETRAIN),
            fires(ROLL_BACK, 1, Consequence.ROLL_BACK)));
    install(scene.run("engineer"));
    assertEquals(3, open().size(), "the same rules go on");

    List<RuleSpec> rules = Scene.WATCH.rules();
    RuleSpec stricter =
        new RuleSpec(
            rules.get(RETRAIN).condition(),
            3,
            null,
            Consequence.RETRAIN,
            rules.get(RETRAIN).cooldown());
    Work.Monitor changed =
        new Work.Monitor(
            Scene.WATCH.every(),
            Scene.WATCH.window(),
            Scene.WATCH.minimum(),
            List.of(rules.get(0), stricter));
    StageTask task = scene.task(scene.run("engineer"), "watch", Map.of());
    monitors.install(task, MODEL, changed, Duration.ofHours(6));

    assertEquals(List.of(cause(0)), open().stream().map(Alert::cause).toList());
    assertEquals(
        "The rule was changed or taken out.",
        store.alerts().list(MODEL, "closed", null, 10).get(0).closedBecause());
    assertEquals(
        List.of(
            new Monitors.RuleState(0, 1, 2, FEBRUARY, JUNE),
            new Monitors.RuleState(RETRAIN, 1, 0, null, JUNE),
            new Monitors.RuleState(ROLL_BACK, 1, 0, null, null)),
        monitors.ruleStates(id));
  }

  @Test
  void shouldRollBackABadLiveVersionAlsoWhileARolloutIsUnderWay() {
    scene.live("second");
    long id = installed();
    scene.byCanary();
    RolloutPlan plan =
        ((CommandOutcome.Begun) routing.shift(scene.deploy(scene.approved("third")))).plan();

    conclude(
        monitors.requestCheck(id, JUNE, by("schedule")),
        List.of(fires(ROLL_BACK, 2, Consequence.ROLL_BACK)));
    long command = Objects.requireNonNull(open().get(0).commandId());
    routing.shift(command);

    assertEquals(1, store.models().live(MODEL).orElseThrow().version());
    assertEquals("monitor watch", store.models().command(command).orElseThrow().requestedBy());
    assertEquals(
        Optional.of("ROLLED_BACK"),
        store.rollouts().find(plan.rolloutId()).map(rollout -> rollout.state().name()));
  }

  @Test
  void shouldSayWhyNothingWasRolledBack() {
    long id = installed();

    conclude(
        monitors.requestCheck(id, JUNE, by("schedule")),
        List.of(fires(ROLL_BACK, 1, Consequence.ROLL_BACK), fires(7, 5, Consequence.ROLL_BACK)));

    assertTrue(
        open().get(1).title().contains("Nothing was rolled back: No version of"),
        open().get(1).title());
    assertTrue(open().get(0).title().endsWith("is live no more."), open().get(0).title());
    assertNull(open().get(0).commandId());
  }

  @Test
  void shouldOpenOneAlertOfACauseWhenManyOpenItAtOnce() throws Exception {
    Alerts.NewAlert wish =
        new Alerts.NewAlert(
            MODEL, null, null, "a cause", "open-ticket", "Drift", Map.of("psi", 0.3), JUNE);

    List<CompletableFuture<Long>> all =
        IntStream.range(0, 5)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> store.alerts().open(wish).id()))
            .toList();
    List<Long> ids = new ArrayList<>();
    for (CompletableFuture<Long> one : all) {
      ids.add(one.get(30, TimeUnit.SECONDS));
    }

    assertEquals(1, ids.stream().distinct().count());
    assertEquals(1, store.alerts().claim(10, Duration.ofMinutes(1)).size());
    assertEquals(Map.of("psi", 0.3), open().get(0).figures());
    assertEquals(List.of(), store.alerts().list("other", "open", null, 10));
    assertEquals(List.of(), store.alerts().list(null, "closed", null, 10));
    assertEquals(List.of(), store.alerts().list(null, null, ids.get(0), 10));
    store.alerts().recover("a cause", JUNE, "Over");
    assertTrue(store.alerts().open(wish).id() > ids.get(0));
  }

  @Test
  void shouldAddEachSampleOnce() {
    Instant second = Instant.parse("2026-01-01T00:00:01Z");
    ServiceSample january =
        new ServiceSample(
            "g1", MODEL, 1, second, LocalDate.of(1998, 1, 31), 10, 400, 1, "HISTOGRAM");
    ServiceSample february =
        new ServiceSample("g1", MODEL, 1, second, LocalDate.of(1998, 2, 1), 5, 20, 0, "HISTOGRAM");
    Service service = store.service();

    service.store(List.of(january, february));
    service.store(List.of(january));
    service.store(List.of());

    assertEquals(List.of(january, february), service.since(MODEL, 1, second));
    assertEquals(List.of(), service.since(MODEL, 1, second.plusSeconds(1)));
    List<ServiceSample> read = new ArrayList<>();
    service.readOfEvents(MODEL, 1, JANUARY, FEBRUARY, read::add);
    assertEquals(List.of(january), read);
    assertEquals(
        List.of(
            new Monitors.Span(
                1, Instant.parse("1998-01-31T00:00:00Z"), Instant.parse("1998-02-01T00:00:00Z"))),
        monitors.spans(MODEL, FEBRUARY.plusSeconds(1)));
    assertEquals(
        Instant.parse("1998-01-31T00:00:00Z"), monitors.spans(MODEL, FEBRUARY).get(0).last());
    assertEquals(
        List.of(new Rollouts.TrafficPoint(second, 1, 1, 15, 420, 1)),
        store.rollouts().traffic(MODEL, second, null, 1));
    assertEquals(
        List.of(),
        store.rollouts().traffic(MODEL, second.minusSeconds(9), second.minusSeconds(1), 1));
    assertEquals(
        List.of(new Rollouts.TrafficPoint(second.minusSeconds(1), 4, 1, 15, 420, 1)),
        store.rollouts().traffic(MODEL, second.minusSeconds(5), null, 4),
        "slices begin with the moment");
    assertEquals(2, service.forget(second.plusSeconds(1)));
  }
}
