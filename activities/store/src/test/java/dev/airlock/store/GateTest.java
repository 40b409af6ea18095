package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.ApprovalActivities;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.ApprovalStanding.State;
import dev.airlock.workflows.DecisionOutcome;
import dev.airlock.workflows.StageOutput;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GateTest {

  private TestDatabase database;
  private Store store;
  private Scene scene;
  private ApprovalActivities activities;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    ArtifactStore artifacts = new FileArtifactStore(folder);
    scene = new Scene(store, artifacts);
    activities = store.approvalActivities(artifacts);
  }

  @AfterAll
  void close() {
    database.close();
  }

  private Approval opened(String by, int quorum) {
    return scene.askedOf(by, quorum).opened("model of " + by + quorum);
  }

  private State state(Approval approval) {
    return store.approvals().find(approval.id()).orElseThrow().state();
  }

  private long recorded(GateOutcome outcome) {
    return assertInstanceOf(GateOutcome.Recorded.class, outcome).id();
  }

  @Test
  void shouldOpenOneQuestionForAStageHoweverOftenItRuns() {
    long run = scene.askedOf("ml-leads", 1).run("engineer");
    StageOutput.RegisteredVersion version = scene.register(run, "asked once");

    long first = scene.open(run, version);
    long again = scene.open(run, version);

    Approval approval = store.approvals().find(first).orElseThrow();
    assertEquals(first, again);
    assertEquals("ml-leads", approval.askedOf());
    assertEquals("engineer", approval.requestedBy());
    assertEquals(version.artifactDigest(), approval.artifactDigest());
    assertEquals(version.evidenceDigest(), approval.evidenceDigest());
  }

  @Test
  void shouldRefuseToAskAboutAVersionThatWasNeverRegistered() {
    long run = scene.askedOf("ml-leads", 1).run("engineer");
    StageOutput.RegisteredVersion version = scene.register(run, "the real one");
    StageOutput.RegisteredVersion forged =
        new StageOutput.RegisteredVersion(
            version.model(), version.version(), "f".repeat(64), version.evidenceDigest());

    assertThrows(ApplicationFailure.class, () -> scene.open(run, forged));
  }

  @Test
  void shouldOpenWhenSomebodyEntitledApproves() {
    Approval approval = opened("ml-leads", 1);

    long decision = recorded(scene.decide(approval, "approver", Verdict.APPROVE));
    assertEquals(State.OPEN, state(approval));
    DecisionOutcome outcome = activities.count(approval.id(), decision);

    ApprovalStanding standing = assertInstanceOf(DecisionOutcome.Counted.class, outcome).standing();
    assertEquals(State.APPROVED, standing.state());
    assertEquals(List.of("approver"), standing.votes());
    assertEquals(outcome, activities.count(approval.id(), decision));
    assertEquals(
        Decision.Outcome.COUNTED, store.approvals().decision(decision).orElseThrow().outcome());
  }

  @Test
  void shouldRejectWhenOneEntitledPersonSaysNo() {
    Approval approval = opened("ml-leads", 2);
    scene.vote(approval, "approver", Verdict.APPROVE);
    scene.vote(approval, "bob", Verdict.REJECT);

    ApprovalStanding standing = activities.expire(approval.id());
    assertEquals(State.REJECTED, standing.state());
    assertEquals("bob", standing.rejectedBy());
    assertEquals("Seen by bob", standing.because());
  }

  @Test
  void shouldForbidWhoeverIsNotEntitled() {
    Map<String, List<String>> outsiders =
        Map.of(
            // Members of the team whose role does not let them decide, and approvers outside it.
            "ml-leads", List.of("engineer", "viewer", "carol", "admin", "nobody"),
            "approver", List.of("engineer", "viewer", "admin"),
            "carol", List.of("approver", "bob", "admin", "engineer"),
            "admin", List.of("approver", "engineer"));
    outsiders.forEach(
        (by, people) -> {
          Approval approval = opened(by, 1);
          for (String person : people) {
            assertInstanceOf(
                GateOutcome.Forbidden.class,
                scene.decide(approval, person, Verdict.APPROVE),
                person + " decides for " + by);
          }
          assertTrue(store.approvals().decisions(approval.id()).isEmpty());
        });
  }

  @Test
  void shouldLetTheRoleOrThePersonDecideWhoIsNamed() {
    Map<String, String> named =
        Map.of("approver", "carol", "carol", "carol", "admin", "admin", "ml-leads", "bob");
    named.forEach(
        (by, person) -> {
          Approval approval = opened(by, 1);
          scene.vote(approval, person, Verdict.APPROVE);
          assertEquals(State.APPROVED, state(approval), person + " decides for " + by);
        });
  }

  @Test
  void shouldForbidTheOneWhoAsked() {
    long run = scene.askedOf("ml-leads", 1).run("approver");
    Approval approval =
        store.approvals().find(scene.open(run, scene.register(run, "own request"))).orElseThrow();

    GateOutcome outcome = scene.decide(approval, "approver", Verdict.APPROVE);

    assertInstanceOf(GateOutcome.Forbidden.class, outcome);
  }

  @Test
  void shouldRefuseADecisionThatGotRoundTheChecksOfTheWeb() {
    long run = scene.askedOf("ml-leads", 1).run("approver");
    Approval approval =
        store.approvals().find(scene.open(run, scene.register(run, "side door"))).orElseThrow();
    for (String person : List.of("approver", "carol", "engineer")) {
      long decision = insertRaw(approval, person, approval.evidenceDigest());
      assertInstanceOf(
          DecisionOutcome.Refused.class, activities.count(approval.id(), decision), person);
    }
    long otherEvidence = insertRaw(approval, "bob", "e".repeat(64));
    assertInstanceOf(DecisionOutcome.Refused.class, activities.count(approval.id(), otherEvidence));
    assertEquals(State.OPEN, state(approval));
  }

  private long insertRaw(Approval approval, String person, String digest) {
    return database
        .application()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        insert into decision (approval_id, person, verdict, reason, digest)
                        values (:approval, :person, 'approve', 'Trust me', :digest) returning id
                        """)
                    .bind("approval", approval.id())
                    .bind("person", person)
                    .bind("digest", digest)
                    .mapTo(Long.class)
                    .one());
  }

  @Test
  void shouldRefuseADecisionOnAnotherApproval() {
    Approval approval = opened("ml-leads", 1);
    Approval other = opened("approver", 1);
    long decision = recorded(scene.decide(approval, "bob", Verdict.APPROVE));

    assertInstanceOf(DecisionOutcome.Refused.class, activities.count(other.id(), decision));
    assertInstanceOf(DecisionOutcome.Refused.class, activities.count(other.id(), 999_999));
    assertInstanceOf(DecisionOutcome.Refused.class, activities.count(999_999, 999_999));
    assertEquals(State.OPEN, state(other));
  }

  @Test
  void shouldAnswerConflictWhenItDoesNotFitHowThingsStand() {
    Approval approval = opened("ml-leads", 2);

    assertInstanceOf(
        GateOutcome.Conflict.class,
        store
            .approvals()
            .decide(
                new NewDecision(
                    approval.id(), by("bob"), Verdict.APPROVE, "Fine", "0".repeat(64))));
    recorded(scene.decide(approval, "bob", Verdict.APPROVE));
    assertInstanceOf(GateOutcome.Conflict.class, scene.decide(approval, "bob", Verdict.REJECT));
    activities.withdraw(approval.id());
    assertInstanceOf(
        GateOutcome.Conflict.class, scene.decide(approval, "approver", Verdict.APPROVE));
  }

  @Test
  void shouldAnswerInvalidWhenNoReasonIsGiven() {
    Approval approval = opened("ml-leads", 1);

    for (Verdict verdict : Verdict.values()) {
      assertInstanceOf(
          GateOutcome.Invalid.class,
          store
              .approvals()
              .decide(
                  new NewDecision(
                      approval.id(), by("bob"), verdict, " \n", approval.evidenceDigest())));
    }
  }

  @Test
  void shouldRefuseADecisionAfterTheTimeIsUp() {
    long run = scene.askedOf("ml-leads", 1).run("engineer");
    long id =
        activities.open(
            scene.task(run, "approval", Map.of("register", scene.register(run, "too late"))),
            Instant.now().minusSeconds(1));

    Approval approval = store.approvals().find(id).orElseThrow();
    assertInstanceOf(GateOutcome.Conflict.class, scene.decide(approval, "bob", Verdict.APPROVE));
    assertEquals(State.EXPIRED, activities.expire(id).state());
    assertEquals(State.EXPIRED, activities.expire(id).state());
  }

  @Test
  void shouldCountWhatWasDecidedInTimeWhenTheRunHearsOfTheEndFirst() {
    Approval approval = opened("ml-leads", 1);
    long decision = recorded(scene.decide(approval, "bob", Verdict.APPROVE));

    assertEquals(State.APPROVED, activities.expire(approval.id()).state());
    assertInstanceOf(DecisionOutcome.Counted.class, activities.count(approval.id(), decision));
  }

  @Test
  void shouldCountBothWhenTwoApproveAtOnce() throws Exception {
    for (int round = 0; round < 8; round++) {
      Approval approval = opened("ml-leads", 2);
      List<DecisionOutcome> outcomes = atOnce(approval, "approver", "bob");

      assertTrue(outcomes.stream().allMatch(DecisionOutcome.Counted.class::isInstance));
      assertEquals(State.APPROVED, state(approval));
    }
  }

  @Test
  void shouldCountOneWhenTwoApproveAtOnceAndOneIsEnough() throws Exception {
    for (int round = 0; round < 8; round++) {
      Approval approval = opened("ml-leads", 1);
      List<DecisionOutcome> outcomes = atOnce(approval, "approver", "bob");

      assertEquals(1, outcomes.stream().filter(DecisionOutcome.Counted.class::isInstance).count());
      assertEquals(State.APPROVED, state(approval));
      assertEquals(1, activities.expire(approval.id()).votes().size());
    }
  }

  private List<DecisionOutcome> atOnce(Approval approval, String... people) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(people.length);
    CyclicBarrier start = new CyclicBarrier(people.length);
    try {
      List<Callable<DecisionOutcome>> votes = new ArrayList<>();
      for (String person : people) {
        votes.add(
            () -> {
              start.await();
              long id = recorded(scene.decide(approval, person, Verdict.APPROVE));
              start.await();
              return activities.count(approval.id(), id);
            });
      }
      List<DecisionOutcome> outcomes = new ArrayList<>();
      for (Future<DecisionOutcome> vote : threads.invokeAll(votes)) {
        outcomes.add(vote.get());
      }
      return outcomes;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void shouldRevokeWhatIsInForceAndNothingElse() {
    Approval approval = opened("ml-leads", 1);
    assertInstanceOf(
        GateOutcome.Conflict.class,
        store.approvals().revoke(approval.id(), by("bob"), "Still open"));
    scene.vote(approval, "approver", Verdict.APPROVE);

    assertInstanceOf(
        GateOutcome.Forbidden.class,
        store.approvals().revoke(approval.id(), by("engineer"), "I want to"));
    assertInstanceOf(
        GateOutcome.Invalid.class, store.approvals().revoke(approval.id(), by("bob"), ""));
    assertInstanceOf(
        GateOutcome.Recorded.class,
        store.approvals().revoke(approval.id(), by("admin"), "A leak was found"));
    assertInstanceOf(
        GateOutcome.Conflict.class, store.approvals().revoke(approval.id(), by("bob"), "Again"));
    assertEquals(
        "A leak was found", store.approvals().find(approval.id()).orElseThrow().revokedBecause());
  }

  @Test
  void shouldRefuseToRewriteWhatWasAskedOrDecided() {
    Approval approval = opened("ml-leads", 1);
    scene.vote(approval, "bob", Verdict.REJECT);

    for (String statement :
        List.of(
            "update approval set quorum = 1",
            "update approval set asked_of = 'carol'",
            "update approval set requested_by = 'nobody'",
            "update approval set artifact_digest = 'x'",
            "update approval set state = 'approved' where id = " + approval.id(),
            "update decision set verdict = 'approve'",
            "update decision set outcome = 'refused' where approval_id = " + approval.id(),
            "update run set requested_by = 'nobody'",
            "update pipeline_version set graph = '{}'",
            "update model_version set artifact_digest = 'x'",
            "update person set role = 'approver'",
            "insert into team_member (team, person) values ('ml-leads', 'carol')",
            "delete from decision",
            "delete from approval")) {
      assertThrows(
          UnableToExecuteStatementException.class,
          () -> database.application().useHandle(handle -> handle.execute(statement)),
          statement);
    }
  }

  @Test
  void shouldListApprovalsByState() {
    Approval approval = opened("ml-leads", 1);

    assertTrue(store.approvals().list(State.OPEN, 500, null).items().contains(approval));
    scene.vote(approval, "bob", Verdict.REJECT);
    assertTrue(
        store.approvals().list(State.OPEN, 500, null).items().stream()
            .noneMatch(open -> open.id() == approval.id()));
    assertEquals(
        approval.id(),
        store.approvals().ofVersion(approval.model(), approval.version()).orElseThrow().id());
  }
}
