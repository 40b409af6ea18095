package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.ApprovalStanding;
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
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever has left the provider decides nothing any more, though nobody has told us. */
final class VouchingTest extends AtTheGate {

  private static final String RESTS =
      "The provider has not vouched for dave for 30 days: what dave decides rests until they sign in with it again.";

  @BeforeEach
  void letDaveIn() {
    signIn();
  }

  private void signIn() {
    signIn(Role.APPROVER, "ml-leads");
  }

  private void signIn(Role role, String... teams) {
    store
        .membership()
        .signInFrom(
            new VouchedPerson("https://id.example", "9", "dave", role, List.of(teams)),
            by("x").origin());
  }

  /** So many days later, as far as the provider's word goes. */
  private void pass(int days) {
    owner(
        "update person set vouched_at = vouched_at - interval '%d days' where name = 'dave'", days);
  }

  private void owner(String statement, int days) {
    database
        .owner()
        .useTransaction(
            handle -> {
              handle.execute("set local session_replication_role = replica");
              handle.execute(statement.formatted(days));
            });
  }

  private Map<String, String> resting(String... signers) {
    return store.policies().resting(signers);
  }

  private void asking(int quorum) {
    scene.asking(new Work.Approval("ml-leads", null, quorum, Duration.ofDays(1), null, null, true));
  }

  @Test
  void shouldTakeNoVoteOfAPersonForWhomTheProviderHasNotVouchedOfLate() {
    Approval approval = scene.opened("asked");
    assertTrue(store.approvals().voters(approval.id()).contains("dave"));
    pass(31);

    GateOutcome.Forbidden refused =
        assertInstanceOf(
            GateOutcome.Forbidden.class, scene.decide(approval, "dave", Verdict.APPROVE));
    assertEquals(RESTS, refused.reason());
    assertEquals(List.of("approver", "bob"), store.approvals().voters(approval.id()));
    assertEquals(List.of(RESTS), store.approvals().unvouched(approval.id()));

    signIn();
    scene.vote(approval, "dave", Verdict.APPROVE);
    assertEquals(State.APPROVED, now(approval).state());
  }

  @Test
  void shouldLetVotesOnWhatIsOpenRestUntilTheVoterSignsInAgain() {
    asking(2);
    Approval approval = scene.opened("two votes");
    scene.vote(approval, "dave", Verdict.APPROVE);
    pass(31);

    assertEquals(List.of(), store.approvals().standingVotes(approval.id()));
    long vote = store.approvals().decisions(approval.id()).get(0).id();
    assertEquals(Map.of(vote, RESTS), store.approvals().fallenVotes(approval.id()));
    scene.vote(approval, "bob", Verdict.APPROVE);
    assertEquals(State.OPEN, now(approval).state());

    signIn();
    assertEquals(List.of("dave", "bob"), store.approvals().standingVoters(approval.id()));
    assertEquals(Map.of(), store.approvals().fallenVotes(approval.id()));
  }

  /** Asks two, has dave's vote rest, and counts bob's. */
  private Approval oneOfTwoRests(String model) {
    signIn();
    asking(2);
    Approval approval = scene.opened(model);
    scene.vote(approval, "dave", Verdict.APPROVE);
    pass(31);
    scene.vote(approval, "bob", Verdict.APPROVE);
    assertEquals(State.OPEN, now(approval).state());
    return approval;
  }

  /** The votes that are on their way to their runs once more. */
  private List<Long> carriedAgain() {
    return store.outbox().claim(100, Duration.ofMinutes(1)).stream()
        .filter(row -> row.kind() == OutboxKind.VOTE_AGAIN)
        .map(OutboxRow::subject)
        .toList();
  }

  /** As the run's workflow does when it hears of a vote. */
  private State count(Approval approval, String person) {
    activities.count(approval.id(), voteOf(approval, person).id());
    return now(approval).state();
  }

  @Test
  void shouldGiveWhatHasEnoughVotesAgainAsSoonAsTheVoterSignsIn() {
    Approval approval = oneOfTwoRests("woken at once");
    assertEquals(List.of(), carriedAgain());

    signIn();

    long vote = voteOf(approval, "dave").id();
    assertEquals(List.of(vote), carriedAgain());
    DecisionOutcome.Counted counted =
        assertInstanceOf(DecisionOutcome.Counted.class, activities.count(approval.id(), vote));
    assertEquals(State.APPROVED, counted.standing().state());
    assertEquals(List.of("dave", "bob"), counted.standing().votes());
    assertEquals("Enough votes count again.", now(approval).because());
    assertEquals(
        List.of("run-" + approval.runId() + " close-approval workflow"),
        audited("approval", approval.id()).stream()
            .filter(line -> line.contains("close-approval"))
            .toList());
    assertEquals(State.APPROVED, count(approval, "dave"), "it is given once");
    assertInstanceOf(
        CommandOutcome.Live.class, store.routing(HaltPoint.NONE).shift(scene.deploy(approval)));
  }

  @Test
  void shouldCarryVotesAgainAtEachSignInWhileTheirApprovalIsOpen() {
    asking(2);
    Approval approval = scene.opened("asked");
    long vote = scene.vote(approval, "dave", Verdict.APPROVE);
    signIn();
    assertEquals(List.of(vote), carriedAgain());
    signIn();
    assertEquals(List.of(vote), carriedAgain());

    scene.vote(approval, "bob", Verdict.APPROVE);
    signIn();
    assertEquals(List.of(), carriedAgain(), "it is given");
  }

  @Test
  void shouldGiveNothingByASignInThatAVoteWouldNotGive() {
    asking(2);
    Approval alone = scene.opened("one vote of two");
    scene.vote(alone, "dave", Verdict.APPROVE);
    Approval other = oneOfTwoRests("of the other voter");
    assertEquals(State.OPEN, count(other, "bob"), "dave's still rests");

    Approval takenBack = oneOfTwoRests("taken back");
    withdraw(takenBack, "dave", "dave");
    Approval late = oneOfTwoRests("late");
    runsOut(late);
    signIn(Role.VIEWER, "ml-leads");
    assertEquals(State.OPEN, count(other, "dave"), "a viewer decides nothing");
    signIn(Role.APPROVER, "others");
    assertEquals(State.OPEN, count(other, "dave"), "others are not asked");

    signIn();
    assertEquals(State.OPEN, count(alone, "dave"));
    assertEquals(State.OPEN, count(takenBack, "dave"));
    assertEquals(State.OPEN, count(takenBack, "bob"));
    assertEquals(State.OPEN, count(late, "dave"), "its time is up, and its end counts");
    assertEquals(State.APPROVED, activities.expire(late.id()).state());
    store.membership().disable("dave", true, by("admin"));
    signIn();
    assertEquals(State.OPEN, count(other, "dave"), "whoever is disabled decides nothing");
  }

  @Test
  void shouldLeaveFallenVotesFallenWhateverTheVoterDoes() {
    Approval approval = oneOfTwoRests("other evidence since");
    scene.askedOf("ml-leads", 1).live("gone live meanwhile");
    assertNotEquals(approval.digest(), now(approval).digest());

    signIn();

    assertEquals(List.of(), carriedAgain());
    assertEquals(State.OPEN, count(approval, "dave"));
  }

  /** Otherwise neither would see the other: the vote not the sign-in, the sign-in not the vote. */
  @Test
  void shouldSeeAVoteThatIsCountedAtTheMomentOfTheSignIn() throws Exception {
    asking(2);
    Approval approval = scene.opened("at once");
    scene.vote(approval, "dave", Verdict.APPROVE);
    pass(31);
    GateOutcome.Recorded bobs =
        (GateOutcome.Recorded) scene.decide(approval, "bob", Verdict.APPROVE);
    ExecutorService elsewhere = Executors.newSingleThreadExecutor();
    try (Handle counting = database.application().open()) {
      counting.begin();
      Gate.count(counting, approval.id(), bobs.id());
      signIn();
      Future<Boolean> hasEnough =
          elsewhere.submit(
              () ->
                  database
                      .application()
                      .inTransaction(handle -> Gate.hasEnoughVotes(handle, approval.id())));
      Deadline.within(Duration.ofSeconds(20), this::isSomebodyWaiting);
      counting.commit();

      assertTrue(hasEnough.get(20, TimeUnit.SECONDS));
      assertEquals(State.OPEN, now(approval).state());
      assertEquals(State.APPROVED, count(approval, "dave"));
    } finally {
      elsewhere.shutdownNow();
    }
  }

  private boolean isSomebodyWaiting() {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select exists (select from pg_stat_activity
                                       where datname = current_database()
                                         and wait_event_type = 'Lock')
                        """)
                    .mapTo(Boolean.class)
                    .one());
  }

  @Test
  void shouldGiveAtTheEndWhatHasEnoughVotesAgain() {
    asking(2);
    Approval approval = scene.opened("woken in time");
    scene.vote(approval, "dave", Verdict.APPROVE);
    pass(31);
    scene.vote(approval, "bob", Verdict.APPROVE);
    assertEquals(State.OPEN, activities.expire(approval.id()).state());
    signIn();

    runsOut(approval);
    ApprovalStanding standing = activities.expire(approval.id());

    assertEquals(State.APPROVED, standing.state());
    assertEquals(List.of("dave", "bob"), standing.votes());
    assertEquals("Enough votes count again.", now(approval).because());
    List<String> audited = audited("approval", approval.id());
    assertEquals(
        "run-" + approval.runId() + " close-approval workflow", audited.get(audited.size() - 1));
    assertInstanceOf(
        CommandOutcome.Live.class, store.routing(HaltPoint.NONE).shift(scene.deploy(approval)));
  }

  @Test
  void shouldSayHowManyVotesCountedWhereTooFewDid() {
    asking(2);
    Approval approval = scene.opened("asleep to the end");
    scene.vote(approval, "dave", Verdict.APPROVE);
    pass(31);
    scene.vote(approval, "bob", Verdict.APPROVE);

    runsOut(approval);

    assertEquals(State.EXPIRED, activities.expire(approval.id()).state());
    assertEquals(
        "1 of 2 votes counted before " + now(approval).expiresAt() + ".", now(approval).because());
  }

  @Test
  void shouldNotLetAPolicyVoteWhoseSignerHasLeft() {
    asking(1);
    GateOutcome signed =
        store
            .policies()
            .sign(
                new NewPolicy(
                    Scene.PIPELINE,
                    null,
                    "approval",
                    List.of(Metric.AUC.atLeast(0.7)),
                    100,
                    Instant.now().plus(Duration.ofDays(60)),
                    "Retrains need not wait"),
                by("dave"));
    assertInstanceOf(GateOutcome.Recorded.class, signed);
    pass(31);

    Approval left = scene.opened("after dave has left");

    PolicyLook look = store.approvals().looks(left.id()).get(0);
    assertEquals("false " + RESTS, look.voted() + " " + look.because());
    assertEquals(List.of(), store.approvals().decisions(left.id()));
    assertEquals(Map.of("dave", RESTS), resting("bob", "dave"));
    signIn();
    assertEquals(Map.of(), resting("dave"));
    Approval back = scene.opened("dave is back");
    assertTrue(store.approvals().looks(back.id()).get(0).voted());
  }

  @Test
  void shouldKeepWhatWasGivenInTimeAndLetNothingPassThatWasNot() {
    Approval approval = scene.opened("given");
    scene.vote(approval, "dave", Verdict.APPROVE);
    long deploy = scene.deploy(approval);
    pass(31);

    CommandOutcome refused = store.routing(HaltPoint.NONE).shift(deploy);
    assertTrue(refused.toString().contains(RESTS), refused::toString);

    Approval second = scene.opened("given in time");
    signIn();
    scene.vote(second, "dave", Verdict.APPROVE);
    pass(31);
    owner("update approval set closed_at = closed_at - interval '%d days'", 31);
    assertEquals(List.of("dave"), store.approvals().standingVoters(second.id()));
    assertInstanceOf(
        CommandOutcome.Live.class, store.routing(HaltPoint.NONE).shift(scene.deploy(second)));
  }

  /** Were they not told, nobody would sign in to wake their votes. */
  @Test
  void shouldTellOfQuestionsThoughTheVoterMustSignInFirst() {
    Messages messages = store.messages();
    messages.setEmail("dave@example.org", by("dave"));
    pass(31);

    Approval approval = scene.opened("asked while away");
    messages.answerCalls(false, true);

    Message written = messages.claim(10, Duration.ofMinutes(1)).get(0);
    assertEquals("dave: asked", written.recipient() + ": " + written.event());
    assertEquals(approval.id(), written.approvalId());
  }

  @Test
  void shouldLastAsLongAsTheStartSays() {
    Approval approval = scene.opened("asked");
    pass(31);

    database.startWith(Duration.ofDays(45));
    assertEquals(List.of(), store.approvals().unvouched(approval.id()));
    pass(15);
    assertEquals(
        List.of(RESTS.replace("30 days", "45 days")), store.approvals().unvouched(approval.id()));
    AuditRow row =
        store.audit().list("setting", null, null, "set-vouching", 1, null).items().get(0);
    assertEquals("{\"days\":30} -> {\"days\":45}", row.before() + " -> " + row.after());
    assertEquals("migration", row.channel());
  }
}
