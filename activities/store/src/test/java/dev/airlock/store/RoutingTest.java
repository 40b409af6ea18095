package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.RoutingActivities;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
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

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RoutingTest {

  private static final String MODEL = Scene.MODEL;
  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private TestDatabase database;
  private Store store;
  private Scene scene;
  private RoutingActivities routing;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
    routing = store.routing(HaltPoint.NONE);
  }

  @BeforeEach
  void publish(@TempDir Path folder) {
    database.emptied();
    scene = new Scene(store, new FileArtifactStore(folder));
  }

  @AfterAll
  void close() {
    database.close();
  }

  private Approval approved(String model) {
    Approval approval = scene.opened(model);
    scene.vote(approval, "approver", Verdict.APPROVE);
    return approval;
  }

  private CommandOutcome.Live live(CommandOutcome outcome) {
    return assertInstanceOf(CommandOutcome.Live.class, outcome);
  }

  private Optional<Integer> liveVersion() {
    return store.models().live(MODEL).map(LiveRoute::version);
  }

  @Test
  void shouldMoveTrafficOnceHoweverOftenTheCommandRuns() {
    Approval approval = approved("first");
    List<String> halts = new ArrayList<>();
    RoutingActivities halting = store.routing(halts::add);
    long command = scene.deploy(approval);

    CommandOutcome.Live first = live(halting.shift(command));
    CommandOutcome.Live again = live(halting.shift(command));

    assertEquals(first, again);
    assertEquals(1, first.version().epoch());
    assertEquals(approval.id(), first.version().approvalId());
    assertEquals(List.of(HaltPoint.PROMOTE_COMMITTED, HaltPoint.PROMOTE_COMMITTED), halts);
    LiveRoute route = store.models().live(MODEL).orElseThrow();
    assertEquals(approval.artifactDigest(), route.artifactDigest());
    assertEquals(1, store.models().history(MODEL).size());
    assertEquals("engineer", store.models().history(MODEL).get(0).movedBy());
  }

  @Test
  void shouldWriteOneCommandForAStageHoweverOftenItRuns() {
    Approval approval = approved("first");

    assertEquals(scene.deploy(approval), scene.deploy(approval));
    assertEquals(1, store.models().commands(MODEL).size());
  }

  @Test
  void shouldTellTheRunAndTheFirstOutcomeWhenFinished() {
    Approval approval = approved("first");
    long command = scene.deploy(approval);
    assertNull(store.deployments().outcome(command));
    CommandOutcome outcome = routing.shift(command);

    Long run = routing.finish(command, outcome);
    routing.finish(command, new CommandOutcome.Refused("Too late"));

    assertEquals(approval.runId(), run);
    assertEquals(outcome, store.deployments().outcome(command));
  }

  /** Everything that can be wrong with an approval, written by the schema's owner. */
  static Stream<String> waysRoundTheGate() {
    return Stream.of(
        // The question is not answered.
        "update approval set state = 'open'",
        "update approval set state = 'rejected'",
        "update approval set state = 'expired'",
        "update approval set state = 'withdrawn'",
        // It was taken back.
        "update approval set revoked_at = now(), revoked_by = 'bob', revoked_because = 'A leak'",
        // It is about something else.
        "update approval set artifact_digest = repeat('f', 64)",
        "update approval set evidence_digest = repeat('f', 64)",
        "update model_version set artifact_digest = repeat('f', 64)",
        // It asks an easier question, or somebody else asked.
        "update approval set quorum = 2",
        "update approval set asked_of = 'approver'",
        "update approval set requested_by = 'nobody'",
        "update approval set evidence_digest = repeat('f', 64);"
            + " update decision set digest = repeat('f', 64)",
        "update run set requested_by = 'approver'",
        "update run set requested_by = 'approver'; update approval set requested_by = 'approver'",
        // The votes are too few, were not counted, say no, or saw something else.
        "delete from decision",
        "update decision set outcome = 'refused'",
        "update decision set outcome = null",
        "update decision set verdict = 'reject'",
        "update decision set digest = repeat('f', 64)",
        "insert into decision (approval_id, person, verdict, reason, digest, outcome)"
            + " select approval_id, 'bob', 'reject', 'No', digest, outcome from decision",
        // The voter may not vote.
        "update decision set person = 'engineer'",
        "update decision set person = 'carol'",
        "delete from team_member where person = 'approver'",
        "update person set role = 'viewer' where name = 'approver'",
        // The command points elsewhere.
        "update model_command set approval_id = null, kind = 'rollback'",
        "update model_command set kind = 'rollback'");
  }

  @ParameterizedTest
  @MethodSource("waysRoundTheGate")
  void shouldRefuseToMoveWhen(String forgery) {
    long command = scene.deploy(approved("first"));
    asOwnerWithoutTriggers(forgery);

    CommandOutcome outcome = routing.shift(command);

    assertInstanceOf(CommandOutcome.Refused.class, outcome, outcome.toString());
    assertTrue(liveVersion().isEmpty());
    assertTrue(store.models().history(MODEL).isEmpty());
  }

  @Test
  void shouldMoveWhenNothingIsForged() {
    long command = scene.deploy(approved("first"));
    asOwnerWithoutTriggers("update approval set quorum = quorum");

    live(routing.shift(command));
  }

  /** Even with append-only triggers out of the way, the gate itself must hold. */
  private void asOwnerWithoutTriggers(String statements) {
    database
        .owner()
        .useTransaction(
            handle -> {
              handle.execute("set local session_replication_role = replica");
              handle.createScript(statements).execute();
            });
  }

  @Test
  void shouldNeedTwoDifferentVotesWhenTwoAreAskedFor() {
    Approval approval = scene.askedOf("ml-leads", 2).opened("two");
    scene.vote(approval, "approver", Verdict.APPROVE);
    long command = scene.deploy(approval);
    assertInstanceOf(CommandOutcome.Refused.class, routing.shift(command));

    asOwnerWithoutTriggers(
        """
        drop index decision_one_vote;
        insert into decision (approval_id, person, verdict, reason, digest, outcome)
          select approval_id, person, verdict, reason, digest, outcome from decision;
        update approval set state = 'approved'
        """);

    assertInstanceOf(CommandOutcome.Refused.class, routing.shift(command));
    assertTrue(liveVersion().isEmpty());
    asOwnerWithoutTriggers(
        """
        delete from decision;
        create unique index decision_one_vote on decision (approval_id, person)
          where outcome is distinct from 'refused'
        """);
  }

  @Test
  void shouldHoldTheQuorumAgainstTheGraphAndNotAgainstTheApproval() {
    Approval approval = scene.askedOf("ml-leads", 2).opened("one of two");
    scene.vote(approval, "approver", Verdict.APPROVE);
    long command = scene.deploy(approval);
    asOwnerWithoutTriggers("update approval set quorum = 1, state = 'approved'");

    assertInstanceOf(CommandOutcome.Refused.class, routing.shift(command));
    assertTrue(liveVersion().isEmpty());
  }

  @Test
  void shouldRefuseAnApprovalOfAnotherVersionEvenOfTheSameBytes() {
    Approval first = approved("the same bytes");
    Approval second = scene.opened("the same bytes");
    assertEquals(first.artifactDigest(), second.artifactDigest());
    long command = scene.deploy(second);
    asOwnerWithoutTriggers("update model_command set approval_id = " + first.id());

    assertInstanceOf(CommandOutcome.Refused.class, routing.shift(command));
    assertTrue(liveVersion().isEmpty());
  }

  @Test
  void shouldRefuseAnApprovalOfAnotherVersion() {
    Approval first = approved("first");
    Approval second = scene.opened("second");
    long command = scene.deploy(second);
    asOwnerWithoutTriggers("update model_command set approval_id = " + first.id());

    assertInstanceOf(CommandOutcome.Refused.class, routing.shift(command));
    assertTrue(liveVersion().isEmpty());
  }

  @Test
  void shouldStayRefusedWhenACommandWasRefusedAndFinished() {
    Approval approval = scene.opened("first");
    long command = scene.deploy(approval);
    routing.finish(command, routing.shift(command));
    scene.vote(approval, "approver", Verdict.APPROVE);

    assertInstanceOf(CommandOutcome.Refused.class, routing.shift(command));
    assertTrue(liveVersion().isEmpty());
  }

  @Test
  void shouldRefuseACommandThatWasNeverWrittenDown() {
    CommandOutcome outcome = routing.shift(999_999);

    assertInstanceOf(CommandOutcome.Refused.class, outcome);
    assertNull(routing.finish(999_999, outcome));
  }

  @Test
  void shouldLetARevokedVersionStayLiveButNotGoLiveAgainByDeploying() {
    Approval approval = approved("first");
    routing.shift(scene.deploy(approval));
    store.approvals().revoke(approval.id(), by("bob"), "A leak was found");

    assertEquals(Optional.of(1), liveVersion());
  }

  @Test
  void shouldRefuseTheApplicationEveryOtherHandOnTraffic() {
    scene.live("first");
    LiveRoute before = store.models().live(MODEL).orElseThrow();

    for (String statement :
        List.of(
            "update routing set version = 1",
            "insert into routing select * from routing",
            "delete from routing",
            "truncate routing",
            "insert into alias_history select * from alias_history",
            "update alias_history set version = 1",
            "delete from alias_history",
            "update model_command set version = 1",
            "update model_command set approval_id = 1",
            "update outbox set subject = 1",
            "alter function move_live(bigint, bigint) set search_path = public",
            "create or replace function is_entitled(voter text, named text) returns boolean"
                + " language sql as 'select true'",
            "create table person (name text)",
            "insert into decision (approval_id, person, verdict, reason, digest, outcome)"
                + " values (1, 'bob', 'approve', 'x', 'x', 'counted')",
            "insert into approval (run_id, stage, state) values (1, 'approval', 'approved')",
            "set role airlock_owner",
            "set session_replication_role = replica",
            "alter table routing disable trigger all")) {
      assertEquals(INSUFFICIENT_PRIVILEGE, refusal(statement), statement);
    }
    assertEquals(before, store.models().live(MODEL).orElseThrow());
  }

  private @Nullable String refusal(String statement) {
    UnableToExecuteStatementException refusal =
        assertThrows(
            UnableToExecuteStatementException.class,
            () -> database.application().useHandle(handle -> handle.execute(statement)),
            statement);
    return assertInstanceOf(SQLException.class, refusal.getCause()).getSQLState();
  }

  @Test
  void shouldNotBeFooledByTablesOfTheCallersOwn() {
    long command = scene.deploy(scene.opened("never approved"));

    database
        .applicationOutsidePool()
        .useHandle(
            handle -> {
              handle
                  .createScript(
                      """
                      create temp table approval as select * from airlock.approval;
                      update approval set state = 'approved';
                      create temp table decision as select * from airlock.decision;
                      insert into decision (approval_id, person, verdict, digest, outcome)
                        select id, 'bob', 'approve', evidence_digest, 'counted' from approval;
                      set search_path = pg_temp, airlock
                      """)
                  .execute();
              assertEquals(
                  "refused",
                  handle
                      .createQuery("select result from airlock.move_live(:command, 0)")
                      .bind("command", command)
                      .mapTo(String.class)
                      .one());
            });
  }

  @Test
  void shouldAnswerStaleWhenTheEpochHasMovedOn() {
    scene.live("first");
    long command = scene.deploy(approved("second"));

    for (long epoch : new long[] {0, 2, 99}) {
      assertEquals("stale", result(command, epoch));
    }
    assertEquals(Optional.of(1), liveVersion());
    assertEquals("moved", result(command, 1));
    assertEquals(Optional.of(2), liveVersion());
  }

  private String result(long command, long epoch) {
    return database
        .application()
        .withHandle(
            handle ->
                handle
                    .createQuery("select result from move_live(:command, :epoch)")
                    .bind("command", command)
                    .bind("epoch", epoch)
                    .mapTo(String.class)
                    .one());
  }

  @Test
  void shouldKeepEveryMoveWhenManyCommandsRunAtOnce() throws Exception {
    scene.live("first");
    scene.live("second");
    List<Long> commands = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      commands.add(
          recorded(store.models().requestRollback(MODEL, 1, by("engineer"), "Round " + i)));
    }

    List<CompletableFuture<CommandOutcome>> moves =
        commands.stream()
            .map(command -> CompletableFuture.supplyAsync(() -> routing.shift(command)))
            .toList();
    for (CompletableFuture<CommandOutcome> move : moves) {
      live(move.get(30, TimeUnit.SECONDS));
    }

    assertEquals(8, store.models().live(MODEL).orElseThrow().epoch());
    assertEquals(8, store.models().history(MODEL).size());
  }

  private static long recorded(CommandRequest request) {
    return assertInstanceOf(CommandRequest.Recorded.class, request).commandId();
  }

  @Test
  void shouldGoBackToWhatWasLiveBefore() {
    scene.live("first");
    scene.live("second");
    scene.live("third");

    routing.shift(recorded(store.models().requestRollback(MODEL, null, by("engineer"), "Bad")));
    assertEquals(Optional.of(2), liveVersion());
    routing.shift(
        recorded(store.models().requestRollback(MODEL, null, by("engineer"), "Still bad")));
    assertEquals(Optional.of(1), liveVersion());

    assertInstanceOf(
        CommandRequest.Forbidden.class,
        store.models().requestRollback(MODEL, null, by("engineer"), "Nothing before it"));
    routing.shift(recorded(store.models().requestRollback(MODEL, 3, by("engineer"), "Was fine")));
    assertEquals(Optional.of(3), liveVersion());
    assertEquals("rollback", store.models().history(MODEL).get(0).kind());
  }

  private void revoke(int version) {
    store
        .approvals()
        .revoke(
            store.approvals().ofVersion(MODEL, version).orElseThrow().id(), by("bob"), "A leak.");
  }

  @Test
  void shouldPassOverRevokedVersionsOnTheWayBack() {
    scene.live("first");
    scene.live("second");
    scene.live("third");
    revoke(2);

    assertEquals(Set.of(1, 3), store.models().waysBack(MODEL));
    routing.shift(recorded(store.models().requestRollback(MODEL, null, by("engineer"), "Bad")));

    assertEquals(Optional.of(1), liveVersion());
  }

  @Test
  void shouldRefuseARevokedVersionAsTheWayBackToAnAdminAsWell() {
    scene.live("first");
    scene.live("second");
    revoke(1);

    for (Integer wanted : new Integer[] {1, null}) {
      CommandRequest.Forbidden refused =
          assertInstanceOf(
              CommandRequest.Forbidden.class,
              store.models().requestRollback(MODEL, wanted, by("admin"), "I am the admin"));
      assertTrue(
          refused.reason().contains("of version 1 was revoked by bob: A leak. "), refused.reason());
    }
    asOwnerWithoutTriggers(
        """
        insert into model_command (kind, model, version, requested_by)
        values ('rollback', 'repeat-purchase', 1, 'admin')
        """);
    CommandOutcome.Refused refused =
        assertInstanceOf(
            CommandOutcome.Refused.class,
            routing.shift(store.models().commands(MODEL).get(0).id()));
    assertTrue(refused.reason().contains("Version 1 of repeat-purchase is no way back"));
    assertEquals(Optional.of(2), liveVersion());
  }

  @Test
  void shouldRefuseTheWayBackWhereTheApprovalIsRevokedBeforeTrafficMoves() {
    scene.live("first");
    scene.live("second");
    long command = recorded(store.models().requestRollback(MODEL, 1, by("engineer"), "Bad"));
    revoke(1);

    assertInstanceOf(CommandOutcome.Refused.class, routing.shift(command));
    assertEquals(Optional.of(2), liveVersion());
  }

  @Test
  void shouldForbidGoingBackToWhatWasNeverLive() {
    scene.live("first");
    scene.register(scene.run("engineer"), "never approved");

    assertInstanceOf(
        CommandRequest.Forbidden.class,
        store.models().requestRollback(MODEL, 2, by("admin"), "I am the admin"));
    assertInstanceOf(
        CommandRequest.Conflict.class,
        store.models().requestRollback(MODEL, 1, by("engineer"), "It is live"));
    assertThrows(
        UnknownEntityException.class,
        () -> store.models().requestRollback("no-such-model", null, by("engineer"), "x"));
    asOwnerWithoutTriggers(
        """
        insert into model_command (kind, model, version, requested_by)
        values ('rollback', 'repeat-purchase', 2, 'admin')
        """);
    assertInstanceOf(
        CommandOutcome.Refused.class, routing.shift(store.models().commands(MODEL).get(0).id()));
    assertEquals(Optional.of(1), liveVersion());
  }

  @Test
  void shouldSayWhatWasLiveAtAMoment() {
    Instant before = Instant.now();
    scene.live("first");
    Instant between = store.models().live(MODEL).orElseThrow().since();
    scene.live("second");

    assertTrue(store.models().liveAt(MODEL, before.minusSeconds(60)).isEmpty());
    assertEquals(1, store.models().liveAt(MODEL, between).orElseThrow().version());
    assertEquals(
        2, store.models().liveAt(MODEL, Instant.now().plusSeconds(60)).orElseThrow().version());
  }

  @Test
  void shouldWaitForEveryGatewayWithALiveLeaseAndNoOther() throws Exception {
    scene.live("first");
    Gateways gateways = store.gateways();
    gateways.renew("dead", Duration.ofMillis(-1));
    gateways.renew("quick", Duration.ofMinutes(1));
    gateways.renew("slow", Duration.ofMinutes(1));
    gateways.acknowledge("quick", MODEL, 1);
    assertEquals(List.of("slow"), gateways.behind(MODEL, 1));

    CompletableFuture<Void> wait =
        CompletableFuture.runAsync(() -> routing.awaitAcknowledged(MODEL, 1));
    assertThrows(TimeoutException.class, () -> wait.get(300, TimeUnit.MILLISECONDS));
    gateways.acknowledge("slow", MODEL, 2);

    wait.get(10, TimeUnit.SECONDS);
    gateways.acknowledge("slow", MODEL, 1);
    assertEquals(List.of(), gateways.behind(MODEL, 1).stream().filter("slow"::equals).toList());
  }

  @Test
  void shouldRegisterOneVersionHoweverOftenTheStageRuns() throws Exception {
    long run = scene.run("engineer");

    var first = scene.register(run, "same");
    var again = scene.register(run, "same");
    List<CompletableFuture<Integer>> others =
        Stream.of("a", "b", "c", "d")
            .map(
                model ->
                    CompletableFuture.supplyAsync(
                        () -> scene.register(scene.run("engineer"), model).version()))
            .toList();
    List<Integer> versions = new ArrayList<>();
    for (CompletableFuture<Integer> other : others) {
      versions.add(other.get(30, TimeUnit.SECONDS));
    }

    assertEquals(first, again);
    assertEquals(1, first.version());
    assertEquals(List.of(2, 3, 4, 5), versions.stream().sorted().toList());
  }
}
