package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.ApprovalStanding.State;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.DecisionOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Votes that a person has given in advance. The evidence's AUC is 0.776, on 100 rows. */
final class PolicyTest extends AtTheGate {

  @BeforeEach
  void askOrTakePolicies() {
    scene.asking(asks(1));
  }

  private static Work.Approval asks(int quorum) {
    return new Work.Approval("ml-leads", null, quorum, Duration.ofDays(1), null, null, true);
  }

  private static NewPolicy wish(long rows, Requirement... bounds) {
    return new NewPolicy(
        Scene.PIPELINE,
        null,
        "approval",
        List.of(bounds),
        rows,
        Instant.now().plus(Duration.ofDays(30)),
        "Retrains need not wait");
  }

  private long signed(String person, Requirement... bounds) {
    GateOutcome outcome = store.policies().sign(wish(100, bounds), by(person));
    return assertInstanceOf(GateOutcome.Recorded.class, outcome, outcome::toString).id();
  }

  private List<Decision> votes(Approval approval) {
    return store.approvals().decisions(approval.id());
  }

  private String look(Approval approval) {
    PolicyLook look = store.approvals().looks(approval.id()).get(0);
    return (look.voted() ? "voted: " : "no: ") + look.because();
  }

  @Test
  void shouldVoteInItsSignersNameWhenEveryFigureIsInside() {
    long policy = signed("bob", Metric.AUC.atLeast(0.7));

    Approval approval = scene.opened("inside");

    Decision vote = votes(approval).get(0);
    assertEquals("bob", vote.person());
    assertEquals(policy, vote.policyId());
    assertTrue(vote.reason().contains("auc is 0.7760, at least 0.7000"), vote::reason);
    assertInstanceOf(DecisionOutcome.Counted.class, activities.count(approval.id(), vote.id()));
    assertEquals(State.APPROVED, store.approvals().find(approval.id()).orElseThrow().state());
    assertInstanceOf(
        CommandOutcome.Live.class, store.routing(HaltPoint.NONE).shift(scene.deploy(approval)));
    // Asked again, it has voted once.
    assertEquals(1, votes(approval).size());
  }

  @Test
  void shouldNotVoteWhenAFigureIsOutsideOrMissingOrRestsOnTooLittle() {
    Map<NewPolicy, String> outside =
        Map.of(
            wish(100, Metric.AUC.atLeast(0.8)), "no: auc is 0.7760, which is not at least 0.8000",
            wish(100, Metric.AUC.atLeast(0.7), Metric.BRIER.atMost(1)),
                "no: brier is not in the evidence",
            wish(101, Metric.AUC.atLeast(0.7)),
                "no: judged on 100 rows, at least 101 are asked for",
            wish(100, Metric.AUC.notBelowChampionBy(1)),
                "no: there is no auc of a champion to compare with");
    outside.forEach(
        (wish, because) -> {
          database.emptied();
          scene = new Scene(store, artifacts).asking(asks(1));
          assertInstanceOf(GateOutcome.Recorded.class, store.policies().sign(wish, by("bob")));

          Approval approval = scene.opened("outside");

          assertEquals(List.of(), votes(approval));
          assertEquals(because, look(approval));
        });
  }

  @Test
  void shouldNotVoteOnWhatItsSignerAskedFor() {
    signed("bob", Metric.AUC.atLeast(0.7));

    Approval approval = scene.openedBy("bob", "own request");

    assertEquals(List.of(), votes(approval));
    assertTrue(look(approval).contains("somebody else must decide"), () -> look(approval));
  }

  @Test
  void shouldNotVoteOnOtherCodeOrOtherParamsOrAfterItsTime() {
    signed("bob", Metric.AUC.atLeast(0.7));

    scene.asking(asks(1), "d".repeat(64));
    assertEquals(List.of(), store.approvals().looks(scene.opened("other code").id()));
    scene.asking(asks(1));
    long run =
        store
            .runs()
            .request(
                new NewRun(
                    Scene.PIPELINE,
                    Map.of("trees", "21"),
                    null,
                    by("engineer"),
                    "engineer",
                    "",
                    null))
            .id();
    Approval otherParams =
        store.approvals().find(scene.open(run, scene.register(run, "21 trees"))).orElseThrow();
    assertEquals(List.of(), votes(otherParams));
    assertTrue(look(otherParams).contains("other params"), () -> look(otherParams));

    database
        .owner()
        .useHandle(
            handle ->
                handle.execute(
                    """
                    update approval_policy set signed_at = signed_at - interval '31 days',
                                               expires_at = expires_at - interval '31 days'
                    """));
    assertEquals(List.of(), store.approvals().looks(scene.opened("too late").id()));
  }

  @Test
  void shouldTakeItsVotesBackWhenItIsRevoked() {
    scene.asking(asks(2));
    long policy = signed("bob", Metric.AUC.atLeast(0.7));
    Approval approval = scene.opened("two votes");
    activities.count(approval.id(), votes(approval).get(0).id());
    assertEquals(List.of("bob"), store.approvals().standingVoters(approval.id()));

    assertInstanceOf(
        GateOutcome.Forbidden.class, store.policies().revoke(policy, by("carol"), "No"));
    assertInstanceOf(
        GateOutcome.Recorded.class, store.policies().revoke(policy, by("approver"), "A leak"));

    assertEquals(List.of(), store.approvals().standingVoters(approval.id()));
    assertEquals("approver", votes(approval).get(0).withdrawnBy());
    assertInstanceOf(
        GateOutcome.Conflict.class, store.policies().revoke(policy, by("approver"), "Again"));
    assertEquals(List.of(), store.approvals().looks(scene.opened("afterwards").id()));
    scene.vote(approval, "bob", Verdict.APPROVE);
    scene.vote(approval, "approver", Verdict.APPROVE);
    assertEquals(State.APPROVED, store.approvals().find(approval.id()).orElseThrow().state());
  }

  @Test
  void shouldBeRevokedThoughItsVoteIsBeingCounted() throws Exception {
    long policy = signed("bob", Metric.AUC.atLeast(0.7));
    Approval approval = scene.opened("counted meanwhile");
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Handle counting = database.application().open()) {
      counting.begin();
      Gate.count(counting, approval.id(), votes(approval).get(0).id());
      Future<GateOutcome> revoking =
          other.submit(() -> store.policies().revoke(policy, by("approver"), "A leak"));
      Deadline.within(Duration.ofMinutes(1), this::isSomebodyWaiting);
      counting.commit();

      assertInstanceOf(GateOutcome.Recorded.class, revoking.get());
    } finally {
      other.shutdownNow();
    }
    assertEquals(State.APPROVED, now(approval).state());
    assertEquals(List.of("bob"), store.approvals().standingVoters(approval.id()));
    assertEquals("approver", store.policies().find(policy).orElseThrow().revokedBy());
  }

  private boolean isSomebodyWaiting() {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery("select exists (select from pg_locks where not granted)")
                    .mapTo(Boolean.class)
                    .one());
  }

  @Test
  void shouldHoldForAllOfNinetyTwoDays() {
    NewPolicy wish = wish(100, Metric.AUC.atLeast(0.7));
    Instant end = Instant.now().plus(Duration.ofDays(92)).minusSeconds(60);

    GateOutcome outcome =
        store
            .policies()
            .sign(
                new NewPolicy(
                    wish.pipeline(), null, "approval", wish.bounds(), 100, end, "For long"),
                by("bob"));

    assertInstanceOf(GateOutcome.Recorded.class, outcome, outcome::toString);
  }

  @Test
  void shouldNotBeSignedByWhoeverHoldsTheAccountThatPublished() {
    store.membership().resetPassword("engineer", "a new password", by("admin"));
    scene.asking(
        new Work.Approval("admin", null, 1, Duration.ofDays(1), null, null, true), "d".repeat(64));

    GateOutcome outcome = store.policies().sign(wish(100, Metric.AUC.atLeast(0.7)), by("admin"));

    assertTrue(
        assertInstanceOf(GateOutcome.Forbidden.class, outcome)
            .reason()
            .contains("by an account that admin made or whose password admin set last"),
        outcome::toString);
  }

  @Test
  void shouldRefuseAForgedVoteOfAPolicy() {
    long policy = signed("bob", Metric.AUC.atLeast(0.7));
    Approval approval = scene.asking(asks(2)).opened("forged");

    long forged =
        database
            .application()
            .withHandle(
                handle ->
                    handle
                        .createQuery(
                            """
                            insert into decision (approval_id, person, verdict, reason, digest,
                                                  policy_id)
                            values (:approval, 'approver', 'approve', 'Trust me', :digest, :policy)
                            returning id
                            """)
                        .bind("approval", approval.id())
                        .bind("digest", approval.digest())
                        .bind("policy", policy)
                        .mapTo(Long.class)
                        .one());

    DecisionOutcome outcome = activities.count(approval.id(), forged);
    assertTrue(
        assertInstanceOf(DecisionOutcome.Refused.class, outcome).reason().contains("signed by bob"),
        outcome::toString);
  }

  @Test
  void shouldRefuseSignaturesThatWouldMeanNothing() {
    assertInstanceOf(
        GateOutcome.Forbidden.class,
        store.policies().sign(wish(100, Metric.AUC.atLeast(0.7)), by("carol")));
    assertInstanceOf(GateOutcome.Invalid.class, store.policies().sign(wish(100), by("bob")));
    assertInstanceOf(
        GateOutcome.Invalid.class,
        store.policies().sign(wish(0, Metric.AUC.atLeast(Double.NaN)), by("bob")));
    NewPolicy wish = wish(1, Metric.AUC.atLeast(0.7));
    assertInstanceOf(
        GateOutcome.Invalid.class,
        store
            .policies()
            .sign(
                new NewPolicy(
                    wish.pipeline(),
                    null,
                    "approval",
                    wish.bounds(),
                    1,
                    Instant.now().plus(Duration.ofDays(93)),
                    "For long"),
                by("bob")));
    scene.askedOf("ml-leads", 1);
    GateOutcome people = store.policies().sign(wish, by("bob"));
    assertTrue(
        assertInstanceOf(GateOutcome.Invalid.class, people).reason().contains(".orPolicy()"),
        people::toString);
    store
        .pipelines()
        .publish(
            store.pipelines().version(Scene.PIPELINE, 2).orElseThrow().graph(),
            "e".repeat(64),
            by("bob"));
    GateOutcome own = store.policies().sign(wish, by("bob"));
    assertTrue(
        assertInstanceOf(GateOutcome.Forbidden.class, own).reason().contains("published"),
        own::toString);
  }
}
