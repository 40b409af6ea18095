package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.airlock.dsl.graph.Work;
import dev.airlock.local.TemporaryFolder;
import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.ApprovalActivities;
import dev.airlock.workflows.ApprovalStanding.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The law of counting, whatever people do in whatever order: what the rows of a real PostgreSQL
 * come to is held against the law in words.
 */
final class GateLawPropertyTest {

  /** Asked are the team of the first two, and the third by name. */
  private static final List<String> ENTITLED = List.of("approver", "bob", "carol");

  private static final List<String> PEOPLE =
      List.of("approver", "bob", "carol", "admin", "engineer", "viewer");

  private static final TestDatabase database = TestDatabase.fresh();
  private static final Handle owner = database.owner().open();
  private static final Store store = database.store();
  private static final ArtifactStore artifacts =
      new FileArtifactStore(TemporaryFolder.make("gate-law"));
  private static final Scene scene = new Scene(store, artifacts);
  private static final ApprovalActivities activities = store.approvalActivities(artifacts);
  private static int models;

  @AfterContainer
  static void close() {
    owner.close();
    database.close();
  }

  /** What happens at a gate. */
  enum Kind {
    APPROVE,
    REJECT,
    /** A vote that its run hears of later, or never. */
    APPROVE_UNHEARD,
    REJECT_UNHEARD,
    /** On the evidence of the beginning. */
    APPROVE_WHAT_WAS,
    HEAR_ALL,
    WITHDRAW,
    DISABLE,
    ENABLE,
    /** Another version goes live. */
    RENEW,
    EXPIRE_TOO_EARLY
  }

  record Step(Kind kind, String person) {}

  @Provide
  Arbitrary<List<Step>> days() {
    // What ends it is rare, so that much has come before.
    Arbitrary<Kind> kinds =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.of(Kind.APPROVE, Kind.APPROVE_UNHEARD)),
            Tuple.of(6, Arbitraries.of(Kind.RENEW, Kind.HEAR_ALL, Kind.WITHDRAW)),
            Tuple.of(4, Arbitraries.of(Kind.DISABLE, Kind.ENABLE, Kind.APPROVE_WHAT_WAS)),
            Tuple.of(2, Arbitraries.of(Kind.EXPIRE_TOO_EARLY, Kind.REJECT_UNHEARD)),
            Tuple.of(1, Arbitraries.of(Kind.REJECT)));
    Arbitrary<String> people =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.of(ENTITLED)), Tuple.of(1, Arbitraries.of(PEOPLE)));
    return Combinators.combine(kinds, people).as(Step::new).list().ofMinSize(8).ofMaxSize(24);
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void shouldComeToWhatTheLawSays(
      @ForAll("days") List<Step> steps,
      @ForAll @IntRange(min = 1, max = 3) int quorum,
      @ForAll @IntRange(min = 0, max = 3) int asker) {
    scene.asking(
        new Work.Approval(
            "ml-leads", List.of("carol"), quorum, Duration.ofDays(1), null, null, null));
    String asks = List.of("engineer", "approver", "bob", "carol").get(asker);
    Law law = new Law(scene.openedBy(asks, "model " + ++models), asks, quorum);
    try {
      for (Step step : steps) {
        law.take(step);
        law.compare(step);
      }
    } finally {
      owner.execute("update person set disabled_at = null");
    }
  }

  /** One approval, as the law in words has it, and beside it as the database has it. */
  private static final class Law {

    private static final class Vote {
      final long id;
      final String person;
      final Verdict verdict;
      final String digest;
      boolean isHeard;
      boolean counts;
      boolean isWithdrawn;

      Vote(long id, String person, Verdict verdict, String digest) {
        this.id = id;
        this.person = person;
        this.verdict = verdict;
        this.digest = digest;
      }

      boolean stands() {
        return !isWithdrawn && (!isHeard || counts);
      }
    }

    private final Approval opened;
    private final String asker;
    private final int quorum;
    private final List<Vote> votes = new ArrayList<>();
    private final Set<String> disabled = new TreeSet<>();
    private final Map<String, Integer> acts = new TreeMap<>(Map.of("open-approval", 1));
    private State state = State.OPEN;
    private String digest;
    private int renewals;

    Law(Approval opened, String asker, int quorum) {
      this.opened = opened;
      this.asker = asker;
      this.quorum = quorum;
      this.digest = opened.digest();
    }

    private void did(String action) {
      acts.merge(action, 1, Integer::sum);
    }

    private boolean mayVote(String person) {
      return ENTITLED.contains(person) && !disabled.contains(person) && !person.equals(asker);
    }

    /** Those whose yes stands on the newest evidence. */
    private Set<String> standing() {
      Set<String> people = new LinkedHashSet<>();
      for (Vote vote : votes) {
        if (vote.counts
            && !vote.isWithdrawn
            && vote.verdict == Verdict.APPROVE
            && vote.digest.equals(digest)
            && mayVote(vote.person)) {
          people.add(vote.person);
        }
      }
      return people;
    }

    void take(Step step) {
      switch (step.kind()) {
        case APPROVE -> hear(vote(step.person(), Verdict.APPROVE, digest));
        case REJECT -> hear(vote(step.person(), Verdict.REJECT, digest));
        case APPROVE_UNHEARD -> vote(step.person(), Verdict.APPROVE, digest);
        case REJECT_UNHEARD -> vote(step.person(), Verdict.REJECT, digest);
        case APPROVE_WHAT_WAS -> hear(vote(step.person(), Verdict.APPROVE, opened.digest()));
        case HEAR_ALL -> List.copyOf(votes).forEach(this::hear);
        case WITHDRAW -> withdraw(step.person());
        case DISABLE -> disable(step.person(), true);
        case ENABLE -> disable(step.person(), false);
        case RENEW -> renew();
        case EXPIRE_TOO_EARLY -> {
          activities.expire(opened.id());
          List.copyOf(votes).forEach(this::heard);
        }
      }
    }

    private @Nullable Vote vote(String person, Verdict verdict, String looked) {
      GateOutcome outcome =
          store
              .approvals()
              .decide(new NewDecision(opened.id(), by(person), verdict, "Because", looked));
      if (!mayVote(person)) {
        assertInstanceOf(GateOutcome.Forbidden.class, outcome);
        did("refuse-decision");
        return null;
      }
      boolean hasVoted =
          votes.stream()
              .anyMatch(
                  vote ->
                      vote.stands() && vote.person.equals(person) && vote.digest.equals(digest));
      if (state != State.OPEN || !looked.equals(digest) || hasVoted) {
        assertInstanceOf(GateOutcome.Conflict.class, outcome);
        did("refuse-decision");
        return null;
      }
      Vote vote =
          new Vote(
              assertInstanceOf(GateOutcome.Recorded.class, outcome).id(), person, verdict, looked);
      votes.add(vote);
      did("decide");
      return vote;
    }

    private void hear(@Nullable Vote vote) {
      if (vote != null) {
        activities.count(opened.id(), vote.id);
        heard(vote);
      }
    }

    private void heard(Vote vote) {
      if (vote.isHeard) {
        return;
      }
      vote.isHeard = true;
      vote.counts = mayVote(vote.person) && state == State.OPEN && vote.digest.equals(digest);
      if (!vote.counts) {
        did("refuse-decision");
      } else if (vote.verdict == Verdict.REJECT) {
        close(State.REJECTED);
      } else if (standing().size() >= quorum) {
        close(State.APPROVED);
      }
    }

    private void close(State end) {
      state = end;
      did("close-approval");
    }

    private void withdraw(String person) {
      Vote newest =
          votes.stream()
              .filter(vote -> vote.person.equals(person))
              .reduce((a, b) -> b)
              .orElse(null);
      if (newest == null) {
        return;
      }
      GateOutcome outcome =
          store.approvals().withdrawVote(opened.id(), newest.id, by(person), "I looked again");
      if (state != State.OPEN || !newest.stands()) {
        assertInstanceOf(GateOutcome.Conflict.class, outcome);
        did("refuse-withdrawal");
        return;
      }
      assertInstanceOf(GateOutcome.Recorded.class, outcome);
      newest.isWithdrawn = true;
      newest.isHeard = true;
      did("withdraw-vote");
    }

    private void disable(String person, boolean isDisabled) {
      owner.execute(
          "update person set disabled_at = case when ? then now() end where name = ?",
          isDisabled,
          person);
      if (isDisabled) {
        disabled.add(person);
      } else {
        disabled.remove(person);
      }
    }

    /** As the trigger on the routing does with those that are open. */
    private void renew() {
      if (state != State.OPEN) {
        return;
      }
      renewals++;
      owner.execute(
          "select renew_evidence(?, null, ?, 'Another is live')",
          opened.id(),
          "artifact " + renewals);
      digest = store.approvals().find(opened.id()).orElseThrow().digest();
      did("renew-evidence");
    }

    void compare(Step step) {
      String after = "after " + step;
      assertEquals(state, store.approvals().find(opened.id()).orElseThrow().state(), after);
      assertEquals(
          standing(), new LinkedHashSet<>(store.approvals().standingVoters(opened.id())), after);
      boolean shouldBeOpen = state == State.APPROVED && standing().size() >= quorum;
      assertEquals(shouldBeOpen, isGateOpen(), after);
      assertEquals(acts, audited(), after);
    }

    private boolean isGateOpen() {
      return owner
          .createQuery("select gate_objection(:id, :model, :version) is null")
          .bind("id", opened.id())
          .bind("model", opened.model())
          .bind("version", opened.version())
          .mapTo(Boolean.class)
          .one();
    }

    private Map<String, Integer> audited() {
      Map<String, Integer> rows = new TreeMap<>();
      owner
          .createQuery(
              "select action from audit_event where entity = 'approval' and entity_id = :id")
          .bind("id", String.valueOf(opened.id()))
          .mapTo(String.class)
          .forEach(action -> rows.merge(action, 1, Integer::sum));
      return rows;
    }
  }
}
