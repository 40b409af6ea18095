package dev.airlock.workflows;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.ApprovalStanding.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Approvals that count as PostgreSQL does. */
final class FakeApprovals implements ApprovalActivities {

  private final Map<String, ApprovalStanding> approvals = new LinkedHashMap<>();
  private final Map<Long, Decision> decisions = new LinkedHashMap<>();
  private final Map<Long, DecisionOutcome> outcomes = new LinkedHashMap<>();
  private final List<Instant> limits = new ArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private Runnable opened = () -> {};

  private record Decision(String person, boolean approve, String reason) {}

  void failNext(int calls) {
    failures.set(calls);
  }

  /** Called with each question that is written down, before the run hears its id. */
  void whenOpened(Runnable then) {
    opened = then;
  }

  /** Votes that had rested count by now: enough, once the run has one of them read again. */
  synchronized void wake(long approvalId, String... people) {
    ApprovalStanding before = standing(approvalId);
    put(
        new ApprovalStanding(
            approvalId, State.APPROVED, List.of(people), before.quorum(), "Count again."));
  }

  /** Writes a decision down, as the web does before it tells the run. */
  synchronized long write(String person, boolean approve, String reason) {
    long id = decisions.size() + 1L;
    decisions.put(id, new Decision(person, approve, reason));
    return id;
  }

  synchronized List<State> states() {
    return approvals.values().stream().map(ApprovalStanding::state).toList();
  }

  synchronized List<Instant> limits() {
    return List.copyOf(limits);
  }

  @Override
  public long open(StageTask task, Instant expiresAt) {
    long id = write(task, expiresAt);
    opened.run();
    return id;
  }

  private synchronized long write(StageTask task, Instant expiresAt) {
    answerUnlessAway();
    int quorum = ((Work.Approval) task.stage().work()).quorum();
    limits.add(expiresAt);
    return approvals
        .computeIfAbsent(
            task.key(),
            key -> new ApprovalStanding(approvals.size() + 1L, State.OPEN, List.of(), quorum, ""))
        .approvalId();
  }

  @Override
  public synchronized DecisionOutcome count(long approvalId, long decisionId) {
    answerUnlessAway();
    DecisionOutcome known = outcomes.get(decisionId);
    if (known == null) {
      known = decide(approvalId, Objects.requireNonNull(decisions.get(decisionId)));
      outcomes.put(decisionId, known);
    }
    return known instanceof DecisionOutcome.Refused
        ? known
        : new DecisionOutcome.Counted(standing(approvalId));
  }

  @Override
  public synchronized ApprovalStanding expire(long approvalId) {
    answerUnlessAway();
    return end(approvalId, State.EXPIRED);
  }

  @Override
  public synchronized void withdraw(long approvalId) {
    answerUnlessAway();
    end(approvalId, State.WITHDRAWN);
  }

  private DecisionOutcome decide(long approvalId, Decision decision) {
    ApprovalStanding before = standing(approvalId);
    if (before.state() != State.OPEN) {
      return new DecisionOutcome.Refused("The approval is not open.");
    }
    if (decision.person().equals("engineer")) {
      return new DecisionOutcome.Refused("Whoever asked can't approve.");
    }
    if (before.votes().contains(decision.person())) {
      return new DecisionOutcome.Refused(decision.person() + " has voted.");
    }
    ApprovalStanding after = decision.approve() ? vote(before, decision) : reject(before, decision);
    put(after);
    return new DecisionOutcome.Counted(after);
  }

  private static ApprovalStanding vote(ApprovalStanding before, Decision decision) {
    List<String> votes = new ArrayList<>(before.votes());
    votes.add(decision.person());
    State state = votes.size() >= before.quorum() ? State.APPROVED : State.OPEN;
    return new ApprovalStanding(before.approvalId(), state, votes, before.quorum(), "");
  }

  private static ApprovalStanding reject(ApprovalStanding before, Decision decision) {
    return new ApprovalStanding(
        before.approvalId(),
        State.REJECTED,
        before.votes(),
        before.quorum(),
        decision.reason(),
        decision.person());
  }

  private ApprovalStanding end(long approvalId, State state) {
    ApprovalStanding before = standing(approvalId);
    if (before.state() == State.OPEN) {
      put(new ApprovalStanding(approvalId, state, before.votes(), before.quorum(), ""));
    }
    return standing(approvalId);
  }

  private ApprovalStanding standing(long approvalId) {
    return approvals.values().stream()
        .filter(standing -> standing.approvalId() == approvalId)
        .findFirst()
        .orElseThrow();
  }

  private void put(ApprovalStanding after) {
    approvals.replaceAll(
        (key, standing) -> standing.approvalId() == after.approvalId() ? after : standing);
  }

  private void answerUnlessAway() {
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("Connection to localhost:5432 refused.");
    }
  }
}
