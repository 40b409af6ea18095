package dev.airlock.testing;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.ApprovalActivities;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.ApprovalStanding.State;
import dev.airlock.workflows.DecisionOutcome;
import dev.airlock.workflows.StageTask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;

/** Approvals in memory, by the rules of the real ones, but for roles and teams. */
final class Gate implements ApprovalActivities {

  private final List<Vote> votes;
  private final LongConsumer asked;
  private final Map<String, Long> ids = new LinkedHashMap<>();
  private final Map<Long, ApprovalStanding> approvals = new LinkedHashMap<>();
  private final Map<String, DecisionOutcome> counted = new LinkedHashMap<>();

  /**
   * @param votes what will be said; a decision's id is a vote's number, from 1
   * @param asked called with each question, once
   */
  Gate(List<Vote> votes, LongConsumer asked) {
    this.votes = votes;
    this.asked = asked;
  }

  @Override
  public long open(StageTask task, Instant expiresAt) {
    boolean fresh;
    long id;
    synchronized (this) {
      fresh = !ids.containsKey(task.key());
      id = ids.computeIfAbsent(task.key(), key -> ids.size() + 1L);
      int quorum = ((Work.Approval) task.stage().work()).quorum();
      approvals.putIfAbsent(id, new ApprovalStanding(id, State.OPEN, List.of(), quorum, ""));
    }
    if (fresh) {
      asked.accept(id);
    }
    return id;
  }

  @Override
  public synchronized DecisionOutcome count(long approvalId, long decisionId) {
    return counted.computeIfAbsent(
        approvalId + "/" + decisionId,
        key -> decide(standing(approvalId), votes.get((int) decisionId - 1)));
  }

  @Override
  public synchronized ApprovalStanding expire(long approvalId) {
    return end(approvalId, State.EXPIRED);
  }

  @Override
  public synchronized void withdraw(long approvalId) {
    end(approvalId, State.WITHDRAWN);
  }

  private DecisionOutcome decide(ApprovalStanding before, Vote vote) {
    if (before.state() != State.OPEN) {
      return new DecisionOutcome.Refused("The approval is not open.");
    }
    if (vote.person().equals(Rehearsal.REQUESTED_BY)) {
      return new DecisionOutcome.Refused("Whoever asked for the run can't decide.");
    }
    if (before.votes().contains(vote.person())) {
      return new DecisionOutcome.Refused(vote.person() + " has voted already.");
    }
    ApprovalStanding after = vote.approve() ? approved(before, vote) : rejected(before, vote);
    approvals.put(after.approvalId(), after);
    return new DecisionOutcome.Counted(after);
  }

  private static ApprovalStanding approved(ApprovalStanding before, Vote vote) {
    List<String> people = new ArrayList<>(before.votes());
    people.add(vote.person());
    State state = people.size() >= before.quorum() ? State.APPROVED : State.OPEN;
    return new ApprovalStanding(before.approvalId(), state, people, before.quorum(), "");
  }

  private static ApprovalStanding rejected(ApprovalStanding before, Vote vote) {
    return new ApprovalStanding(
        before.approvalId(),
        State.REJECTED,
        before.votes(),
        before.quorum(),
        vote.reason(),
        vote.person());
  }

  private ApprovalStanding end(long approvalId, State state) {
    ApprovalStanding before = standing(approvalId);
    if (before.state() == State.OPEN) {
      approvals.put(
          approvalId, new ApprovalStanding(approvalId, state, before.votes(), before.quorum(), ""));
    }
    return standing(approvalId);
  }

  private ApprovalStanding standing(long approvalId) {
    return Objects.requireNonNull(approvals.get(approvalId));
  }
}
