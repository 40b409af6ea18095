package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Signal;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.RolloutActivities;
import dev.airlock.workflows.RolloutAnalysis;
import dev.airlock.workflows.RolloutAnalysis.Verdict;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RolloutShift;
import dev.airlock.workflows.RolloutState;
import dev.airlock.workflows.RoutingActivities;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A canary's way through the gate, on PostgreSQL: what moves traffic, what must not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RolloutTest {

  private static final String MODEL = Scene.MODEL;
  private static final String INSUFFICIENT_PRIVILEGE = "42501";
  private static final String STEPS =
      """
      {"steps": [{"weight": 5, "hold": "PT1S"}, {"weight": 100}], "promoteWhile": []}
      """;

  private TestDatabase database;
  private Store store;
  private Scene scene;
  private RoutingActivities routing;
  private RolloutActivities rollouts;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
    routing = store.routing(HaltPoint.NONE);
    rollouts = store.rolloutActivities(HaltPoint.NONE);
  }

  @BeforeEach
  void publish(@TempDir Path folder) {
    database.emptied();
    scene = new Scene(store, new FileArtifactStore(folder)).byCanary();
  }

  @AfterAll
  void close() {
    database.close();
  }

  /** The first version is live; the second one's rollout has begun. */
  private RolloutPlan begun() {
    scene.live("first");
    return begin(scene.deploy(scene.approved("second")));
  }

  private RolloutPlan begin(long command) {
    return assertInstanceOf(CommandOutcome.Begun.class, routing.shift(command)).plan();
  }

  private LiveRoute route() {
    return store.models().live(MODEL).orElseThrow();
  }

  private static long epoch(RolloutShift shift) {
    return assertInstanceOf(RolloutShift.Shifted.class, shift).epoch();
  }

  private static RolloutShift.Over over(RolloutShift shift) {
    return assertInstanceOf(RolloutShift.Over.class, shift);
  }

  private static long recorded(CommandRequest request) {
    return assertInstanceOf(CommandRequest.Recorded.class, request).commandId();
  }

  @Test
  void shouldMoveTheFirstVersionAllAtOnce() {
    long command = scene.deploy(scene.approved("first"));

    assertInstanceOf(CommandOutcome.Live.class, routing.shift(command));

    assertEquals(1, route().version());
    assertTrue(store.rollouts().listBefore(MODEL, null, Long.MAX_VALUE, 100).isEmpty());
    assertNull(routing.settled(command));
  }

  @Test
  void shouldWriteTheWayBackDownBeforeAnyTrafficMoves() {
    RolloutPlan plan = begun();

    assertEquals(1, plan.champion());
    assertEquals(2, plan.version());
    assertEquals(
        List.of(
            new RolloutPlan.Step(5, Duration.ofMinutes(30)),
            new RolloutPlan.Step(25, Duration.ofHours(2)),
            new RolloutPlan.Step(100, null)),
        plan.steps());
    assertEquals(List.of(Signal.ERROR_RATE.atMost(0.01)), plan.promoteWhile());
    assertEquals(0, route().weight());
    assertNull(route().candidate());
    assertEquals(1, route().epoch());
    assertEquals(plan, begin(plan.commandId()));
    assertEquals(1, store.rollouts().listBefore(MODEL, null, Long.MAX_VALUE, 100).size());
    assertNull(routing.settled(plan.commandId()));
  }

  @Test
  void shouldShiftOnceHoweverOftenItIsAskedAndMoveTheAliasOnceAtTheEnd() {
    RolloutPlan plan = begun();
    List<String> halts = new ArrayList<>();
    RolloutActivities halting = store.rolloutActivities(halts::add);

    long first = epoch(halting.shiftTo(plan.rolloutId(), 1, 0, 5, "First"));
    assertEquals(first, epoch(halting.shiftTo(plan.rolloutId(), 1, 0, 5, "First")));
    assertEquals(2, route().epoch());
    assertEquals(Optional.of(2), Optional.ofNullable(route().candidate()));
    assertEquals(5, route().weight());
    assertEquals(1, route().version());
    Instant between = Instant.now();
    epoch(halting.shiftTo(plan.rolloutId(), 2, 1, 25, "Second"));
    long last = epoch(halting.promote(plan.rolloutId(), 3, "Good"));
    assertEquals(last, epoch(halting.promote(plan.rolloutId(), 3, "Good")));
    rollouts.end(plan.rolloutId(), RolloutState.PROMOTED, "Good");

    assertEquals(4, last);
    assertEquals(2, route().version());
    assertNull(route().candidate());
    assertEquals(0, route().weight());
    assertEquals(
        List.of(
            HaltPoint.ROLLOUT_SHIFTED,
            HaltPoint.ROLLOUT_SHIFTED,
            HaltPoint.ROLLOUT_SHIFTED,
            HaltPoint.ROLLOUT_PROMOTED,
            HaltPoint.ROLLOUT_PROMOTED),
        halts);
    assertEquals(
        List.of(4L, 1L), store.models().history(MODEL).stream().map(AliasMove::epoch).toList());
    assertEquals(1, store.models().liveAt(MODEL, between).orElseThrow().version());
    assertEquals(
        List.of(5, 25, 100),
        store.rollouts().shifts(plan.rolloutId()).stream()
            .map(RolloutDetail.Shift::weight)
            .toList());
    CommandOutcome.Live live =
        assertInstanceOf(CommandOutcome.Live.class, routing.settled(plan.commandId()));
    assertEquals(4, live.version().epoch());
    assertEquals(live, routing.shift(plan.commandId()));
  }

  @Test
  void shouldTakeAllTrafficBackWithoutAnyApprovalAndTellTheRun() {
    RolloutPlan plan = begun();
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");
    revokeSecond();

    assertEquals(3, epoch(rollouts.shiftTo(plan.rolloutId(), 2, 0, 0, "Errors")));
    rollouts.end(plan.rolloutId(), RolloutState.ROLLED_BACK, "Errors: 4 %");
    rollouts.end(plan.rolloutId(), RolloutState.ABORTED, "Too late");

    assertEquals(1, route().version());
    assertNull(route().candidate());
    assertEquals(
        new CommandOutcome.TakenBack(plan.rolloutId(), RolloutState.ROLLED_BACK, "Errors: 4 %"),
        routing.settled(plan.commandId()));
    assertEquals(1, store.models().history(MODEL).size());
    Alert alert = store.alerts().list(MODEL, "open", null, 10).get(0);
    assertEquals("roll-back", alert.consequence());
    assertEquals(Optional.of(plan.rolloutId()), Optional.ofNullable(alert.rolloutId()));
  }

  private void revokeSecond() {
    store
        .approvals()
        .revoke(
            store.approvals().ofVersion(MODEL, 2).orElseThrow().id(),
            by("bob"),
            "A leak was found");
  }

  @Test
  void shouldRefuseMoreTrafficAndThePromotionOnceTheApprovalIsRevoked() {
    RolloutPlan plan = begun();
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");
    revokeSecond();

    assertInstanceOf(
        RolloutShift.Refused.class, rollouts.shiftTo(plan.rolloutId(), 2, 1, 25, "Second"));
    assertInstanceOf(RolloutShift.Refused.class, rollouts.promote(plan.rolloutId(), 2, "Now"));
    assertEquals(5, route().weight());
    assertEquals(1, route().version());
    epoch(rollouts.shiftTo(plan.rolloutId(), 3, 0, 1, "Less is always allowed"));
  }

  static List<String> waysRoundTheGate() {
    return RoutingTest.waysRoundTheGate()
        .filter(forgery -> !forgery.contains("kind = 'rollback'"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("waysRoundTheGate")
  void shouldNeitherBeginNorShiftNorPromoteWhen(String forgery) {
    scene.live("first");
    long early = scene.deploy(scene.approved("second"));
    RolloutPlan plan = begin(early);
    database
        .owner()
        .useTransaction(
            handle -> {
              handle.execute("set local session_replication_role = replica");
              handle.createScript(forgery).execute();
            });

    assertInstanceOf(
        RolloutShift.Refused.class, rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First"), forgery);
    assertInstanceOf(
        RolloutShift.Refused.class, rollouts.promote(plan.rolloutId(), 2, "Now"), forgery);
    database
        .owner()
        .useTransaction(
            handle -> {
              handle.execute("set local session_replication_role = replica");
              handle.execute("delete from rollout");
            });
    assertInstanceOf(CommandOutcome.Refused.class, routing.shift(early), forgery);
    assertEquals(1, route().version());
    assertEquals(0, route().weight());
  }

  @Test
  void shouldRefuseASecondRolloutAsLongAsOneIsUnderWay() {
    RolloutPlan plan = begun();
    long third = scene.deploy(scene.approved("third"));

    CommandOutcome.Refused refused =
        assertInstanceOf(CommandOutcome.Refused.class, routing.shift(third));

    assertTrue(
        refused
            .reason()
            .startsWith("Rollout %d of version 2 of repeat-purchase".formatted(plan.rolloutId())),
        refused.reason());
    assertInstanceOf(
        CommandRequest.Conflict.class, store.rollouts().start(MODEL, 3, STEPS, by("bob"), "Mine"));
  }

  @Test
  void shouldBeginOneRolloutWhenManyCommandsComeAtOnce() throws Exception {
    scene.live("first");
    List<Long> commands =
        IntStream.range(0, 5).mapToObj(i -> scene.deploy(scene.approved("v" + i))).toList();

    List<CompletableFuture<CommandOutcome>> all =
        commands.stream()
            .map(command -> CompletableFuture.supplyAsync(() -> routing.shift(command)))
            .toList();
    int begun = 0;
    for (CompletableFuture<CommandOutcome> one : all) {
      CommandOutcome outcome = one.get(30, TimeUnit.SECONDS);
      begun += outcome instanceof CommandOutcome.Begun ? 1 : 0;
    }

    assertEquals(1, begun);
    assertEquals(1, store.rollouts().active().size());
  }

  @Test
  void shouldLetTheUniqueIndexRefuseASecondOneEvenToTheOwner() {
    begun();

    assertThrows(
        UnableToExecuteStatementException.class,
        () ->
            database
                .owner()
                .useHandle(
                    handle ->
                        handle.execute(
                            """
                            insert into rollout (command_id, model, version, artifact_digest,
                              approval_id, champion, champion_digest, champion_approval_id, steps,
                              promote_while, requested_by)
                            select (select min(id) from model_command), model, version,
                              artifact_digest, approval_id, champion, champion_digest,
                              champion_approval_id, steps, promote_while, requested_by
                            from rollout
                            """)));
  }

  @Test
  void shouldEndTheRolloutInTheSameMoveWhenSomebodyRollsBack() {
    RolloutPlan plan = begun();
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");

    long command =
        recorded(store.models().requestRollback(MODEL, null, by("bob"), "I do not like it"));
    assertInstanceOf(CommandOutcome.Live.class, routing.shift(command));

    assertEquals(1, route().version());
    assertNull(route().candidate());
    assertEquals(0, route().weight());
    RolloutShift.Over over = over(rollouts.shiftTo(plan.rolloutId(), 2, 1, 25, "Second"));
    assertEquals(RolloutState.ABORTED, over.state());
    assertEquals(3, over.epoch());
    over(rollouts.promote(plan.rolloutId(), 3, "Now"));
    CommandOutcome.TakenBack back =
        assertInstanceOf(CommandOutcome.TakenBack.class, routing.settled(plan.commandId()));
    assertTrue(back.reason().contains("bob: I do not like it"), back.reason());
    assertEquals(1, route().version());
  }

  @Test
  void shouldGoToTheVersionThatARollbackNamesWhateverIsUnderWay() {
    scene.askedOf("ml-leads", 1).live("first");
    scene.live("second");
    scene.byCanary();
    RolloutPlan plan = begin(scene.deploy(scene.approved("third")));
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");

    routing.shift(recorded(store.models().requestRollback(MODEL, 1, by("bob"), "Far back")));

    assertEquals(1, route().version());
    assertTrue(store.rollouts().active(MODEL).isEmpty());
  }

  @Test
  void shouldEndTheRolloutWhenAnotherVersionIsDeployedAtOnce() {
    RolloutPlan plan = begun();
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");

    scene.askedOf("ml-leads", 1).live("third");

    assertEquals(3, route().version());
    assertNull(route().candidate());
    assertEquals(
        RolloutState.ABORTED, store.rollouts().find(plan.rolloutId()).orElseThrow().state());
  }

  /**
   * Whatever races for the split, it ends at one of the two ways, whole, and says so everywhere.
   */
  @Test
  void shouldEndAtOneVersionWhenPromotionAndRollbackRace() throws Exception {
    for (int round = 0; round < 6; round++) {
      database.emptied();
      scene.askedOf("ml-leads", 1);
      scene.byCanary();
      RolloutPlan plan = begun();
      rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");
      long back = recorded(store.models().requestRollback(MODEL, null, by("bob"), "Back"));
      int delay = round;

      CompletableFuture<RolloutShift> promotion =
          CompletableFuture.supplyAsync(() -> rollouts.promote(plan.rolloutId(), 2, "Good"));
      CompletableFuture<CommandOutcome> rollback =
          CompletableFuture.supplyAsync(
              () -> {
                if (delay > 0) {
                  pause(delay);
                }
                return routing.shift(back);
              });
      RolloutShift promoted = promotion.get(30, TimeUnit.SECONDS);
      assertInstanceOf(CommandOutcome.Live.class, rollback.get(30, TimeUnit.SECONDS));

      // The rollback's target was fixed when it was asked for: the champion.
      assertEquals(1, route().version());
      assertNull(route().candidate());
      Rollout rollout = store.rollouts().find(plan.rolloutId()).orElseThrow();
      assertEquals(
          promoted instanceof RolloutShift.Shifted ? RolloutState.PROMOTED : RolloutState.ABORTED,
          rollout.state());
      List<Long> epochs = store.models().history(MODEL).stream().map(AliasMove::epoch).toList();
      assertEquals(epochs.stream().distinct().count(), epochs.size());
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldShiftOnceWhenTwoWorkersDoTheSameShift() throws Exception {
    RolloutPlan plan = begun();

    List<CompletableFuture<RolloutShift>> all =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First")))
            .toList();
    for (CompletableFuture<RolloutShift> one : all) {
      assertEquals(2, epoch(one.get(30, TimeUnit.SECONDS)));
    }

    assertEquals(1, store.rollouts().shifts(plan.rolloutId()).size());
    assertEquals(2, route().epoch());
  }

  @Test
  void shouldRefuseAShiftThatComesAfterALaterOne() {
    RolloutPlan plan = begun();
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");
    rollouts.shiftTo(plan.rolloutId(), 3, 0, 0, "Back");

    assertThrows(
        UnableToExecuteStatementException.class,
        () -> rollouts.shiftTo(plan.rolloutId(), 2, 1, 25, "From a worker that was thought dead"));
    assertNull(route().candidate());
  }

  @Test
  void shouldAnswerStaleWhenTheEpochHasMovedOn() {
    RolloutPlan plan = begun();

    for (long stale : new long[] {0, 2, 99}) {
      assertEquals(
          "stale", call("select result from shift_rollout(%d, 1, 0, 5, %d, '')", plan, stale));
      assertEquals("stale", call("select result from promote_rollout(%d, 1, %d, '')", plan, stale));
    }
    assertEquals(1, route().epoch());
  }

  private String call(String query, RolloutPlan plan, long epoch) {
    return database
        .application()
        .withHandle(
            handle ->
                handle
                    .createQuery(query.formatted(plan.rolloutId(), epoch))
                    .mapTo(String.class)
                    .one());
  }

  @Test
  void shouldNotLetACanarysCommandRoundItsSteps() {
    RolloutPlan plan = begun();

    assertEquals("refused", moveLive(plan));
    rollouts.end(plan.rolloutId(), RolloutState.ABORTED, "No");
    assertEquals("refused", moveLive(plan));
    assertEquals(1, route().version());
  }

  private String moveLive(RolloutPlan plan) {
    return database
        .application()
        .withHandle(
            handle ->
                handle
                    .createQuery("select result from move_live(:command, :epoch)")
                    .bind("command", plan.commandId())
                    .bind("epoch", route().epoch())
                    .mapTo(String.class)
                    .one());
  }

  @Test
  void shouldRefuseTheApplicationEveryOtherHandOnTheSplit() {
    RolloutPlan plan = begun();
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");
    LiveRoute before = route();

    for (String statement :
        List.of(
            "update routing set weight = 100",
            "update routing set candidate = 1",
            "update rollout set weight = 100",
            "update rollout set approval_id = 1",
            "update rollout set champion = 2",
            "update rollout set state = 'promoted'",
            "update rollout set state = 'aborted'",
            "insert into rollout (command_id) values (1)",
            "delete from rollout",
            "insert into rollout_shift select * from rollout_shift",
            "update rollout_shift set weight = 100",
            "delete from rollout_shift",
            "update rollout_analysis set verdict = 'success'",
            "delete from rollout_control",
            "update model_command set canary = null",
            "update label set label = 1",
            "delete from label",
            "truncate label",
            "delete from alert",
            "update alert set figures = '{}'",
            "delete from monitor_window",
            "update model_version set horizon_days = 0",
            "select gate_objection(1, 'm', 1)",
            "select passage(c) from model_command c")) {
      assertEquals(INSUFFICIENT_PRIVILEGE, refusal(database.application(), statement), statement);
    }
    assertEquals(before, route());
  }

  @Test
  void shouldKeepWhatHappenedEvenFromTheOwner() {
    RolloutPlan plan = begun();
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");
    rollouts.end(plan.rolloutId(), RolloutState.ABORTED, "No");

    for (String statement :
        List.of(
            "update rollout_shift set weight = 100",
            "delete from rollout_shift",
            "delete from rollout",
            "update rollout set state = 'progressing'",
            "delete from label",
            "update label set label = 1")) {
      assertEquals(INSUFFICIENT_PRIVILEGE, refusal(database.owner(), statement), statement);
    }
  }

  private static @Nullable String refusal(Jdbi jdbi, String statement) {
    UnableToExecuteStatementException refusal =
        assertThrows(
            UnableToExecuteStatementException.class,
            () -> jdbi.useHandle(handle -> handle.execute(statement)),
            statement);
    return assertInstanceOf(SQLException.class, refusal.getCause()).getSQLState();
  }

  @Test
  void shouldTakeTrafficBackWhereARolloutIsEndedWithTrafficLeft() {
    RolloutPlan plan = begun();
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");

    rollouts.end(plan.rolloutId(), RolloutState.ABORTED, "No");

    assertNull(route().candidate());
    assertEquals(0, route().weight());
    assertEquals(3, route().epoch());
  }

  @Test
  void shouldSettleAControlOnceAndRefuseOneToARolloutThatIsOver() {
    RolloutPlan plan = begun();
    long pause =
        recorded(
            store
                .rollouts()
                .request(plan.rolloutId(), RolloutControl.Kind.PAUSE, by("bob"), "Lunch"));

    assertEquals(
        List.of(
            new RolloutControl(pause, plan.rolloutId(), RolloutControl.Kind.PAUSE, "bob", "Lunch")),
        rollouts.unsettled(plan.rolloutId()));
    assertEquals(List.of(), rollouts.unsettled(plan.rolloutId() + 1));
    rollouts.settle(pause, true, "It stays at 5 %.");
    assertEquals(List.of(), rollouts.unsettled(plan.rolloutId()));
    rollouts.settle(pause, false, "No");
    rollouts.end(plan.rolloutId(), RolloutState.ABORTED, "No");

    RolloutDetail.Control settled = store.rollouts().control(pause).orElseThrow();
    assertEquals(Optional.of(true), Optional.ofNullable(settled.taken()));
    assertEquals("It stays at 5 %.", settled.answer());
    assertInstanceOf(
        CommandRequest.Conflict.class,
        store.rollouts().request(plan.rolloutId(), RolloutControl.Kind.RESUME, by("bob"), ""));
    assertThrows(
        UnknownEntityException.class,
        () -> store.rollouts().request(999, RolloutControl.Kind.RESUME, by("bob"), ""));
  }

  @Test
  void shouldRaiseNoTrafficOverAnAbortThatIsWrittenDown() {
    RolloutPlan plan = begun();
    long id = plan.rolloutId();
    rollouts.shiftTo(id, 1, 0, 5, "First");
    long abort = ask(plan, RolloutControl.Kind.ABORT);
    ask(plan, RolloutControl.Kind.PROMOTE);

    assertInstanceOf(RolloutShift.Asked.class, rollouts.shiftTo(id, 2, 1, 25, "Second"));
    assertInstanceOf(RolloutShift.Asked.class, rollouts.promote(id, 3, "Held"));
    assertEquals(5, route().weight());
    assertEquals(1, route().version());
    assertEquals(
        List.of(RolloutControl.Kind.ABORT, RolloutControl.Kind.PROMOTE),
        rollouts.unsettled(id).stream().map(RolloutControl::kind).toList());
    epoch(rollouts.shiftTo(id, 4, 0, 0, "Less is always allowed"));
    rollouts.settle(abort, true, "It ended aborted.");
  }

  @Test
  void shouldRaiseTrafficOnceWhatWasAskedIsSettledAndOverALaterWish() {
    RolloutPlan plan = begun();
    long id = plan.rolloutId();
    long pause = ask(plan, RolloutControl.Kind.PAUSE);
    assertInstanceOf(RolloutShift.Asked.class, rollouts.shiftTo(id, 1, 0, 5, "First"));
    rollouts.settle(pause, true, "It stays at 0 %.");
    ask(plan, RolloutControl.Kind.RESUME);
    epoch(rollouts.shiftTo(id, 2, 0, 5, "First"));
    ask(plan, RolloutControl.Kind.PROMOTE);
    ask(plan, RolloutControl.Kind.ABORT);

    epoch(rollouts.promote(id, 3, "Asked for first"));
    assertEquals(2, route().version());
  }

  @Test
  void shouldRaiseNoTrafficWhileARollbackIsOnItsWay() {
    RolloutPlan plan = begun();
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");
    long back = recorded(store.models().requestRollback(MODEL, null, by("bob"), "Back"));

    assertInstanceOf(RolloutShift.Asked.class, rollouts.promote(plan.rolloutId(), 2, "Held"));
    assertInstanceOf(CommandOutcome.Live.class, routing.shift(back));

    over(rollouts.promote(plan.rolloutId(), 3, "Held"));
    assertEquals(1, route().version());
  }

  /** Somebody writes an abort down, and is told so, while the promotion is under way. */
  @Test
  void shouldWaitForAnAbortThatIsBeingWrittenDown() throws Exception {
    RolloutPlan plan = begun();
    CompletableFuture<RolloutShift> promotion =
        database
            .application()
            .inTransaction(
                handle -> {
                  handle
                      .attach(Rollouts.class)
                      .request(plan.rolloutId(), RolloutControl.Kind.ABORT, by("bob"), "Stop");
                  CompletableFuture<RolloutShift> begun =
                      CompletableFuture.supplyAsync(
                          () -> rollouts.promote(plan.rolloutId(), 1, "Held"));
                  pause(500);
                  assertTrue(!begun.isDone(), "It waits for the wish.");
                  return begun;
                });

    assertInstanceOf(RolloutShift.Asked.class, promotion.get(30, TimeUnit.SECONDS));
    assertEquals(1, route().version());
  }

  private long ask(RolloutPlan plan, RolloutControl.Kind kind) {
    return recorded(store.rollouts().request(plan.rolloutId(), kind, by("bob"), "I say so"));
  }

  @Test
  void shouldTakeARolloutBackThatIsWrittenDownAndHasNotBegun() {
    scene.askedOf("ml-leads", 1).live("first");
    scene.live("second");
    scene.byCanary();
    long deploy = scene.deploy(scene.approved("third"));

    long back = recorded(store.models().requestRollback(MODEL, null, by("bob"), "Not that one"));
    RolloutPlan plan = begin(deploy);
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");
    assertInstanceOf(CommandOutcome.Live.class, routing.shift(back));

    assertEquals(2, route().version(), "The champion stays, not the version before it.");
    assertEquals(
        RolloutState.ABORTED, store.rollouts().find(plan.rolloutId()).orElseThrow().state());
  }

  @Test
  void shouldAskByAnAlertWhenItIsInconclusiveButNotWhenAPersonPausesIt() {
    RolloutPlan plan = begun();
    long id = plan.rolloutId();
    rollouts.shiftTo(id, 1, 0, 5, "First");
    Instant until = Instant.parse("2030-01-01T00:00:00Z");

    rollouts.note(id, RolloutState.PROGRESSING, 0, until, "");
    assertEquals(
        Optional.of(until),
        Optional.ofNullable(store.rollouts().find(id).orElseThrow().heldUntil()));
    rollouts.note(id, RolloutState.PAUSED, 0, null, "Inconclusive. 3 requests.");
    assertEquals(1, store.alerts().list(MODEL, "open", null, 10).size());
    rollouts.note(id, RolloutState.PROGRESSING, 0, until, "");
    assertEquals(0, store.alerts().list(MODEL, "open", null, 10).size());

    rollouts.settle(
        recorded(store.rollouts().request(id, RolloutControl.Kind.PAUSE, by("bob"), "Lunch")),
        true,
        "");
    rollouts.note(id, RolloutState.PAUSED, 0, null, "bob: Lunch");
    assertEquals(0, store.alerts().list(MODEL, "open", null, 10).size());
    rollouts.end(id, RolloutState.ABORTED, "No");
    rollouts.note(id, RolloutState.PROGRESSING, 1, until, "Too late");
    assertEquals(RolloutState.ABORTED, store.rollouts().find(id).orElseThrow().state());
  }

  @Test
  void shouldCloseTheAlertOfARolledBackVersionWhenALaterOneIsPromoted() {
    RolloutPlan plan = begun();
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");
    rollouts.end(plan.rolloutId(), RolloutState.ROLLED_BACK, "Errors");
    long alert = store.alerts().list(MODEL, "open", null, 10).get(0).id();
    store.alerts().acknowledge(alert, by("bob"));
    assertEquals("acknowledged", store.alerts().find(alert).orElseThrow().state());

    RolloutPlan next = begin(scene.deploy(scene.approved("third")));
    epoch(rollouts.promote(next.rolloutId(), 1, "Good"));

    Alert closed = store.alerts().find(alert).orElseThrow();
    assertEquals("closed", closed.state());
    assertEquals("Version 3 is live.", closed.closedBecause());
  }

  @Test
  void shouldKeepTheFirstOfAnAnalysis() {
    RolloutPlan plan = begun();
    RolloutAnalysis first =
        new RolloutAnalysis(
            Verdict.SUCCESS,
            List.of(
                new RolloutAnalysis.Finding(
                    Signal.ERROR_RATE.atMost(0.01), 0.0, 100, Verdict.SUCCESS, "0 of 100.")));
    RolloutAnalysis other = new RolloutAnalysis(Verdict.FAILURE, List.of());
    Instant since = Instant.parse("2026-01-01T00:00:00Z");

    assertEquals(first, store.rollouts().keep(plan.rolloutId(), 1, 0, since, first));
    assertEquals(first, store.rollouts().keep(plan.rolloutId(), 1, 0, since, other));

    RolloutDetail detail = store.rollouts().detail(plan.rolloutId()).orElseThrow();
    assertEquals(first.findings(), detail.looks().get(0).findings());
  }

  @Test
  void shouldStartARolloutOutsideARunOnlyUnderAnApprovalOrOfWhatWasLive() {
    scene.live("first");
    scene.approved("second");
    scene.opened("third");
    assertInstanceOf(
        CommandRequest.Forbidden.class,
        store.rollouts().start(MODEL, 3, STEPS, by("bob"), "Please"));
    assertInstanceOf(
        CommandRequest.Conflict.class,
        store.rollouts().start(MODEL, 1, STEPS, by("bob"), "Please"));
    assertThrows(
        UnknownEntityException.class,
        () -> store.rollouts().start(MODEL, 9, STEPS, by("bob"), "Please"));

    RolloutPlan plan =
        begin(recorded(store.rollouts().start(MODEL, 2, STEPS, by("bob"), "Please")));
    epoch(rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First"));
    epoch(rollouts.promote(plan.rolloutId(), 2, "Good"));
    assertEquals(2, route().version());
    assertNull(routing.finish(plan.commandId(), assertNotNullOutcome(plan)));

    RolloutPlan back =
        begin(recorded(store.rollouts().start(MODEL, 1, STEPS, by("bob"), "It was fine")));
    epoch(rollouts.shiftTo(back.rolloutId(), 1, 0, 5, "First"));
    epoch(rollouts.promote(back.rolloutId(), 2, "Good"));
    assertEquals(1, route().version());
    assertEquals("rollback", store.models().history(MODEL).get(0).kind());

    store
        .approvals()
        .revoke(store.approvals().ofVersion(MODEL, 2).orElseThrow().id(), by("bob"), "A leak");
    CommandRequest.Forbidden refused =
        assertInstanceOf(
            CommandRequest.Forbidden.class,
            store.rollouts().start(MODEL, 2, STEPS, by("bob"), "Please"));
    assertTrue(refused.reason().endsWith("was revoked by bob: A leak"), refused.reason());
  }

  private CommandOutcome assertNotNullOutcome(RolloutPlan plan) {
    CommandOutcome outcome = routing.settled(plan.commandId());
    assertNotNull(outcome);
    return outcome;
  }

  @Test
  void shouldRefuseARunWhoseCanaryCouldNotBeHeld() {
    for (String hold : List.of("PT0S", "P91D", "P106751991167300D")) {
      NewRun wish =
          new NewRun(
              Scene.PIPELINE,
              Map.of("first-hold", hold),
              null,
              by("engineer"),
              "engineer",
              "",
              null);
      InvalidParamsException refusal =
          assertThrows(InvalidParamsException.class, () -> store.runs().request(wish));
      assertEquals(1, refusal.problems().size());
      assertTrue(
          refusal.problems().get(0).startsWith("Stage 'deploy': Step 1 of the canary is held for"),
          refusal.problems().get(0));
    }
    assertEquals(0, store.runs().list(null, null, 10, null).items().size());
  }

  private void assertFault(String problem, String steps) {
    InvalidParamsException faults =
        assertThrows(
            InvalidParamsException.class,
            () -> store.rollouts().start(MODEL, 2, steps, by("bob"), "Please"));
    assertEquals(1, faults.problems().size(), faults.problems().toString());
    assertTrue(faults.problems().get(0).contains(problem), faults.problems().get(0));
  }

  @Test
  void shouldNameEverythingThatIsWrongWithTheSteps() {
    scene.live("first");
    scene.approved("second");

    InvalidParamsException faults =
        assertThrows(
            InvalidParamsException.class,
            () ->
                store
                    .rollouts()
                    .start(
                        MODEL,
                        2,
                        """
                        {"steps": [{"weight": 25}, {"weight": 5, "hold": "PT1S"},
                                   {"weight": 90, "hold": "PT1S"}]}
                        """,
                        by("bob"),
                        "Please"));

    assertEquals(3, faults.problems().size(), faults.problems().toString());
    assertFault("at least one step", "{\"steps\": []}");
    assertFault("one step, so nothing would be seen", "{\"steps\": [{\"weight\": 100}]}");
    for (String hold : List.of("PT0S", "PT-1S", "P91D", "P200000000D", "P106751991167300D")) {
      assertFault(
          "is held for",
          "{\"steps\": [{\"weight\": 5, \"hold\": \"%s\"}, {\"weight\": 100}]}".formatted(hold));
    }
    assertThrows(
        InvalidParamsException.class,
        () -> store.rollouts().start(MODEL, 2, "{\"steps\": 3}", by("bob"), "Please"));
    assertThrows(
        InvalidParamsException.class, () -> store.rollouts().start(MODEL, 2, "{}", by("bob"), "x"));
  }

  @Test
  void shouldEndARolloutThatTemporalHasForgotten() {
    RolloutPlan plan = begun();
    rollouts.shiftTo(plan.rolloutId(), 1, 0, 5, "First");
    database.owner().useHandle(handle -> handle.execute("update outbox set delivered_at = now()"));

    ForgottenRuns.closeAll(store, "Temporal kept nothing.");

    assertNull(route().candidate());
    assertEquals(
        new CommandOutcome.TakenBack(
            plan.rolloutId(), RolloutState.ABORTED, "Temporal kept nothing."),
        store.deployments().outcome(plan.commandId()));
  }
}
