package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.ApprovalStanding.State;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.DecisionOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may vote by when, which votes stand, and what a vote is given on. */
final class GateLawTest extends AtTheGate {

  private static final Duration DAY = Duration.ofDays(1);

  private static Work.Approval asks(
      List<String> of, int quorum, Work.@Nullable Escalation escalation) {
    return new Work.Approval(
        of.get(0),
        of.subList(1, of.size()),
        quorum,
        DAY,
        escalation == null ? null : Duration.ofHours(1),
        escalation,
        null);
  }

  @Test
  void shouldAskEveryoneWhoIsNamed() {
    Approval approval =
        scene.asking(asks(List.of("carol", "admin"), 2, null)).opened("asked of two");

    assertEquals("carol or admin", approval.everyoneAsked());
    assertEquals(List.of("admin", "carol"), store.approvals().voters(approval.id()));
    assertInstanceOf(
        GateOutcome.Forbidden.class, scene.decide(approval, "approver", Verdict.APPROVE));
    scene.vote(approval, "carol", Verdict.APPROVE);
    scene.vote(approval, "admin", Verdict.APPROVE);

    assertEquals(State.APPROVED, now(approval).state());
    assertInstanceOf(
        CommandOutcome.Live.class, store.routing(HaltPoint.NONE).shift(scene.deploy(approval)));
  }

  @Test
  void shouldKeepWhoAskedForTheRunBeforeFromVoting() {
    long before = scene.run("approver");
    Approval approval = scene.opened("resumed");
    assertEquals(List.of("approver", "bob"), store.approvals().voters(approval.id()));

    database
        .owner()
        .useHandle(
            handle ->
                handle.execute("update run set parent = ? where id = ?", before, approval.runId()));

    assertEquals(List.of("bob"), store.approvals().voters(approval.id()));
    GateOutcome outcome = scene.decide(approval, "approver", Verdict.APPROVE);
    assertTrue(
        assertInstanceOf(GateOutcome.Forbidden.class, outcome).reason().contains("asked for"),
        outcome::toString);
  }

  @Test
  void shouldTakeAVoteBackUntilTheQuorumIsThere() {
    Approval approval = scene.askedOf("ml-leads", 2).opened("second thoughts");
    scene.vote(approval, "approver", Verdict.APPROVE);
    assertEquals(List.of("approver"), store.approvals().standingVoters(approval.id()));

    assertInstanceOf(GateOutcome.Forbidden.class, withdraw(approval, "approver", "bob"));
    assertInstanceOf(GateOutcome.Recorded.class, withdraw(approval, "approver", "approver"));
    assertEquals(List.of(), store.approvals().standingVoters(approval.id()));
    assertInstanceOf(GateOutcome.Conflict.class, withdraw(approval, "approver", "approver"));

    scene.vote(approval, "bob", Verdict.APPROVE);
    assertEquals(State.OPEN, now(approval).state());
    scene.vote(approval, "approver", Verdict.APPROVE);
    assertEquals(State.APPROVED, now(approval).state());
    assertInstanceOf(GateOutcome.Conflict.class, withdraw(approval, "bob", "bob"));
    assertThrows(
        UnableToExecuteStatementException.class,
        () ->
            database
                .application()
                .useHandle(h -> h.execute("update decision set withdrawn_at = now()")));
  }

  @Test
  void shouldNeverCountAVoteThatWasTakenBackBeforeItsRunHeardOfIt() {
    Approval approval = scene.opened("taken back in time");
    GateOutcome recorded = scene.decide(approval, "bob", Verdict.REJECT);
    assertInstanceOf(GateOutcome.Recorded.class, withdraw(approval, "bob", "bob"));

    DecisionOutcome outcome =
        activities.count(approval.id(), ((GateOutcome.Recorded) recorded).id());

    assertEquals(new DecisionOutcome.Refused("It was withdrawn."), outcome);
    assertEquals(State.OPEN, now(approval).state());
  }

  @Test
  void shouldNotCountTheVoteOfSomebodyWhoMayNoLongerVote() {
    Approval approval = scene.askedOf("ml-leads", 2).opened("demoted");
    scene.vote(approval, "bob", Verdict.APPROVE);
    try {
      role("bob", "viewer");
      scene.vote(approval, "approver", Verdict.APPROVE);

      runsOut(approval);
      assertEquals(List.of("approver"), activities.expire(approval.id()).votes());
      assertEquals(State.EXPIRED, now(approval).state());
    } finally {
      role("bob", "approver");
    }
  }

  private void role(String person, String role) {
    database
        .owner()
        .useHandle(h -> h.execute("update person set role = ? where name = ?", role, person));
  }

  @Test
  void shouldLetVotesFallWhenTheChampionMovesWhileItIsOpen() {
    Approval approval = scene.askedOf("ml-leads", 2).opened("waits");
    scene.vote(approval, "approver", Verdict.APPROVE);
    int champion = scene.askedOf("ml-leads", 1).live("overtakes");

    Approval renewed = now(approval);
    assertNotEquals(approval.digest(), renewed.digest());
    assertEquals(1, recorded("renew-evidence", approval));
    assertEquals(approval.evidenceDigest(), renewed.evidenceDigest());
    assertEquals(List.of(), store.approvals().standingVoters(approval.id()));
    assertEquals(
        List.of("As it was judged.", "Version %d is live since.".formatted(champion)),
        store.approvals().revisions(approval.id()).stream()
            .map(EvidenceRevision::because)
            .toList());
    assertInstanceOf(GateOutcome.Conflict.class, scene.decide(approval, "bob", Verdict.APPROVE));

    scene.vote(renewed, "bob", Verdict.APPROVE);
    assertEquals(State.OPEN, now(approval).state());
    scene.vote(renewed, "approver", Verdict.APPROVE);

    assertEquals(State.APPROVED, now(approval).state());
    assertInstanceOf(
        CommandOutcome.Live.class, store.routing(HaltPoint.NONE).shift(scene.deploy(approval)));
  }

  @Test
  void shouldSayAtOnceWhenTheChampionMovedBeforeItWasAsked() {
    scene.live("first");

    Approval approval = scene.opened("judged beside nothing");

    assertEquals(2, store.approvals().revisions(approval.id()).size());
    assertNotEquals(approval.evidenceDigest(), approval.digest());
  }

  @Test
  void shouldLetOthersVoteOnceTheClockSaysSo() {
    Work.Escalation escalation = new Work.Escalation(Duration.ofHours(2), "ml-leads");
    Approval approval = scene.asking(asks(List.of("carol"), 1, escalation)).opened("escalates");
    assertEquals(0, store.approvals().raiseCalls());
    assertInstanceOf(GateOutcome.Forbidden.class, scene.decide(approval, "bob", Verdict.APPROVE));
    assertThrows(
        UnableToExecuteStatementException.class,
        () ->
            database
                .application()
                .useHandle(h -> h.execute("update approval set escalated_to = 'ml-leads'")));

    passes("3 hours");
    assertEquals(2, store.approvals().raiseCalls());
    assertEquals(0, store.approvals().raiseCalls());

    assertEquals("carol or ml-leads", now(approval).everyoneAsked());
    assertEquals(1, recorded("escalate-approval", approval));
    List<ApprovalCall> ahead =
        store.approvals().calls(approval.id()).stream()
            .filter(call -> call.raisedAt() == null)
            .toList();
    assertEquals(
        List.of(ApprovalCall.Kind.REMINDER), ahead.stream().map(ApprovalCall::kind).toList());
    assertEquals(
        Duration.ofHours(4), Duration.between(now(approval).openedAt(), ahead.get(0).dueAt()));
    scene.vote(now(approval), "bob", Verdict.APPROVE);
    assertEquals(State.APPROVED, now(approval).state());
    assertInstanceOf(
        CommandOutcome.Live.class, store.routing(HaltPoint.NONE).shift(scene.deploy(approval)));
    assertTrue(
        store.approvals().calls(approval.id()).stream()
            .noneMatch(call -> call.raisedAt() == null && call.settledAt() == null));
  }

  /** How many rows of the audit say that this was done to the approval. */
  private int recorded(String action, Approval approval) {
    return database
        .application()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select count(*) from audit_event
                        where action = :action and entity = 'approval' and entity_id = :id
                        """)
                    .bind("action", action)
                    .bind("id", String.valueOf(approval.id()))
                    .mapTo(Integer.class)
                    .one());
  }

  private void passes(String time) {
    database
        .owner()
        .useHandle(
            handle -> {
              handle.execute("update approval set opened_at = opened_at - interval '" + time + "'");
              handle.execute("update approval_call set due_at = due_at - interval '" + time + "'");
            });
  }

  @Test
  void shouldSayWhenFewerMayVoteThanMust() {
    Approval approval = scene.asking(asks(List.of("carol"), 2, null)).opened("never");

    Alert alert = store.alerts().ofCause("quorum/" + approval.id()).orElseThrow();
    assertTrue(alert.title().contains("needs 2 votes, and only carol"), alert::title);
    activities.withdraw(approval.id());
    assertTrue(store.alerts().ofCause("quorum/" + approval.id()).isEmpty());
  }

  @Test
  void shouldTellWhoComesLateWhoWasFirst() {
    Approval approval = scene.opened("two at once");
    GateOutcome late = scene.decide(approval, "approver", Verdict.REJECT);
    scene.vote(approval, "bob", Verdict.APPROVE);

    DecisionOutcome outcome = activities.count(approval.id(), ((GateOutcome.Recorded) late).id());

    assertEquals(
        new DecisionOutcome.Refused(
            "Approval %d is approved already, by bob.".formatted(approval.id())),
        outcome);
  }

  @Test
  void shouldStayOpenUntilItsTimeWhoeverSaysThatItIsOver() {
    Approval approval = scene.askedOf("ml-leads", 1).opened("a clock ahead");

    assertEquals(State.OPEN, activities.expire(approval.id()).state());
    scene.vote(approval, "bob", Verdict.APPROVE);

    assertEquals(State.APPROVED, now(approval).state());
  }

  @Test
  void shouldAskForNoLongerThanTheGraphSays() {
    long run = scene.askedOf("ml-leads", 1).run("engineer");
    long id =
        activities.open(
            scene.task(run, "approval", Map.of("register", scene.register(run, "hand-made"))),
            Instant.now().plus(Duration.ofDays(3650)));

    Approval approval = store.approvals().find(id).orElseThrow();
    assertEquals(DAY, Duration.between(approval.openedAt(), approval.expiresAt()));
  }

  @Test
  void shouldLetNothingPassUnderAnApprovalOnceAnotherVersionIsLive() {
    Approval unused = scene.askedOf("ml-leads", 1).approved("given and forgotten");
    assertEquals(Optional.empty(), store.approvals().championObjection(unused.id()));
    int live = scene.live("overtakes");

    CommandOutcome outcome = store.routing(HaltPoint.NONE).shift(scene.deploy(unused));

    String because = assertInstanceOf(CommandOutcome.Refused.class, outcome).reason();
    assertTrue(
        because.startsWith(
            "Approval %d was given beside nothing that was live, but version %d of %s is live since "
                .formatted(unused.id(), live, Scene.MODEL)),
        because);
    assertEquals(Optional.of(because), store.approvals().championObjection(unused.id()));
    CommandRequest rollout =
        store
            .rollouts()
            .start(
                Scene.MODEL,
                unused.version(),
                "{\"steps\": [{\"weight\": 10, \"hold\": \"PT1H\"}, {\"weight\": 100}]}",
                by("engineer"),
                "It was approved");
    assertEquals(because, assertInstanceOf(CommandRequest.Forbidden.class, rollout).reason());
  }

  @Test
  void shouldLetPassWhatWasGivenBesideTheChampionThatCameBack() {
    scene.askedOf("ml-leads", 1);
    int first = scene.live("first");
    Approval given = scene.approved("given beside the first");
    scene.live("second");
    assertTrue(store.approvals().championObjection(given.id()).isPresent());

    store.routing(HaltPoint.NONE).shift(rollback(first));

    assertInstanceOf(
        CommandOutcome.Live.class, store.routing(HaltPoint.NONE).shift(scene.deploy(given)));
  }

  private long rollback(int version) {
    CommandRequest request =
        store.models().requestRollback(Scene.MODEL, version, by("bob"), "The second is worse");
    return assertInstanceOf(CommandRequest.Recorded.class, request).commandId();
  }

  /** By a provider one may choose one's name: not that of a graph that was there before. */
  @Test
  void shouldNotTakeAProvidersPersonForWhomAnOlderGraphAskedByThatName() {
    Approval old = scene.askedOf("edsger", 1).opened("asks for somebody who was not there");
    scene.askedOf("ml-leads", 1);
    provided("edsger");
    assertEquals(List.of(), store.approvals().voters(old.id()));
    assertInstanceOf(GateOutcome.Forbidden.class, scene.decide(old, "edsger", Verdict.APPROVE));

    Approval later = scene.askedOf("edsger", 1).opened("asks for whoever is there by now");
    assertEquals(List.of("edsger"), store.approvals().voters(later.id()));
  }

  /** As somebody who had signed in before the name was asked for anywhere. */
  private void provided(String name) {
    database
        .owner()
        .useHandle(
            handle ->
                handle.execute(
                    """
                    insert into person (name, role, origin, issuer, subject, vouched_at)
                      values (?, 'approver', 'provider', 'https://id.example', '9', now())
                    """,
                    name));
  }

  @Test
  void shouldTakeNoVoteOfWhoeverHoldsTheAccountThatAsked() {
    scene.askedOf("admin", 1);
    give("dora", by("admin"));
    Approval made = scene.openedBy("dora", "by an account that the admin made");
    store.membership().resetPassword("engineer", "a new password", by("admin"));
    Approval reset = scene.openedBy("engineer", "by an account that the admin has reset");

    for (Approval approval : List.of(made, reset)) {
      GateOutcome outcome = scene.decide(approval, "admin", Verdict.APPROVE);
      assertEquals(
          "%s asked for run %d, by an account that admin made or whose password admin set last: somebody else must decide."
              .formatted(approval.requestedBy(), approval.runId()),
          assertInstanceOf(GateOutcome.Forbidden.class, outcome).reason());
      assertEquals(List.of(), store.approvals().voters(approval.id()));
    }
  }

  @Test
  void shouldCountWhoHeldTheAccountWhenItAsked() {
    scene.askedOf("admin", 1);
    Approval before = scene.openedBy("engineer", "asked before the reset");
    store.membership().resetPassword("engineer", "a new password", by("admin"));
    assertEquals(List.of("admin"), store.approvals().voters(before.id()));
    Approval between = scene.openedBy("engineer", "asked after it");
    otherAdmin(
        "carol",
        () -> store.membership().resetPassword("engineer", "another password", by("carol")));
    Approval after = scene.openedBy("engineer", "handed on by another admin");

    assertEquals(List.of(), store.approvals().voters(between.id()));
    assertEquals(List.of("admin"), store.approvals().voters(after.id()));
  }

  @Test
  void shouldTakeNoVoteOnAScheduledRunOfAPipelineThatTheSameHandPublished() {
    give("dora", by("admin"));
    scene.askedOf("admin", 1);
    store.pipelines().publish(Scene.graph("admin", 1), "d".repeat(64), by("dora"));
    otherAdmin(
        "carol", () -> store.membership().resetPassword("dora", "another password", by("carol")));

    assertEquals(List.of(), store.approvals().voters(scheduled("dora").id()));
  }

  @Test
  void shouldTakeTheVoteOfWhoeverHasResetAPublisherOnWhatTheClockStartsLater() {
    scene.askedOf("admin", 1);
    store.pipelines().publish(Scene.graph("admin", 1), "d".repeat(64), by("engineer"));
    store.membership().resetPassword("engineer", "a new password", by("admin"));

    assertEquals(List.of("admin"), store.approvals().voters(scheduled("engineer").id()));
  }

  private Approval scheduled(String publisher) {
    long run =
        store
            .runs()
            .request(
                new NewRun(Scene.PIPELINE, Map.of(), null, by(publisher), "schedule", "", null))
            .id();
    return store
        .approvals()
        .find(scene.open(run, scene.register(run, "by the clock")))
        .orElseThrow();
  }

  private void give(String engineer, Acting admin) {
    store
        .membership()
        .create(
            new NewPerson(engineer, Role.ENGINEER, List.of(), "one time password", "joins"), admin);
  }

  private void otherAdmin(String name, Runnable act) {
    role(name, "admin");
    try {
      act.run();
    } finally {
      role(name, "approver");
    }
  }
}
