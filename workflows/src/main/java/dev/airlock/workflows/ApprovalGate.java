package dev.airlock.workflows;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.ApprovalStanding.State;
import dev.airlock.workflows.StageOutput.ApprovedVersion;
import dev.airlock.workflows.StageOutput.RegisteredVersion;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where a run waits for people. It knows what PostgreSQL has told it: votes are counted there, and
 * a race between a vote, the time limit and a cancellation is decided there.
 */
final class ApprovalGate {

  private static final Duration UNTIL_CLOCKS_AGREE = Duration.ofSeconds(5);

  private final ApprovalActivities approvals =
      Workflow.newActivityStub(ApprovalActivities.class, Outage.PATIENT);
  private final Map<Long, ApprovalStanding> standings = new LinkedHashMap<>();
  private final Map<String, Instant> asked = new LinkedHashMap<>();

  /**
   * Asks, and returns once the version is let pass.
   *
   * @param asked called as soon as people can answer
   * @throws ApplicationFailure {@link StageFailure#REJECTED} where it is not let pass
   */
  ApprovedVersion pass(StageTask task, Work.Approval approval, Runnable asked) {
    Instant since = this.asked.computeIfAbsent(task.stage().name(), stage -> now());
    Instant expiresAt = since.plus(approval.within());
    long id = Objects.requireNonNull(Detached.call(() -> approvals.open(task, expiresAt)));
    try {
      CancellationScope.throwCanceled();
      asked.run();
      return verdict(task, approval, decided(id, expiresAt));
    } catch (CanceledFailure cancelled) {
      Detached.run(() -> approvals.withdraw(id));
      throw cancelled;
    }
  }

  /** When each question was asked. */
  Map<String, Instant> asked() {
    return asked;
  }

  /** How those stand that somebody has voted on. */
  List<ApprovalStanding> standings() {
    return List.copyOf(standings.values());
  }

  /** Goes on where a gate of before has stopped. */
  void takeUp(Map<String, Instant> questions, List<ApprovalStanding> votes) {
    asked.putAll(questions);
    votes.forEach(this::learn);
  }

  /** Lets PostgreSQL count a decision, and learns how the approval stands after it. */
  DecisionOutcome count(long approvalId, long decisionId) {
    DecisionOutcome outcome = approvals.count(approvalId, decisionId);
    if (outcome instanceof DecisionOutcome.Counted counted) {
      learn(counted.standing());
    }
    return outcome;
  }

  private ApprovalStanding decided(long id, Instant expiresAt) {
    if (!Workflow.await(left(expiresAt), () -> isDecided(id))) {
      learn(approvals.expire(id));
    }
    while (!isDecided(id)) {
      Workflow.await(UNTIL_CLOCKS_AGREE, () -> isDecided(id));
      learn(approvals.expire(id));
    }
    return Objects.requireNonNull(standings.get(id));
  }

  /** An approval that is decided stays so, in whatever order two answers arrive. */
  private void learn(ApprovalStanding standing) {
    if (!isDecided(standing.approvalId())) {
      standings.put(standing.approvalId(), standing);
    }
  }

  private boolean isDecided(long id) {
    ApprovalStanding standing = standings.get(id);
    return standing != null && standing.state() != State.OPEN;
  }

  private static ApprovedVersion verdict(
      StageTask task, Work.Approval approval, ApprovalStanding standing) {
    return switch (standing.state()) {
      case APPROVED -> new ApprovedVersion(asked(task), standing.approvalId(), standing.votes());
      case REJECTED -> throw rejection(standing);
      case EXPIRED ->
          throw StageFailure.of(
              StageFailure.REJECTED, undecided(standing) + Words.of(approval.within()) + ".");
      case WITHDRAWN -> throw StageFailure.of(StageFailure.REJECTED, "The question was withdrawn.");
      case OPEN -> throw new IllegalStateException("The approval is still open: " + standing);
    };
  }

  private static String undecided(ApprovalStanding standing) {
    int votes = standing.votes().size();
    return votes == 0
        ? "Nobody decided within "
        : "%d of %d votes counted within ".formatted(votes, standing.quorum());
  }

  private static ApplicationFailure rejection(ApprovalStanding standing) {
    String who = standing.rejectedBy() == null ? "" : " by " + standing.rejectedBy();
    return StageFailure.of(StageFailure.REJECTED, "Rejected" + who + ": " + standing.because());
  }

  private static RegisteredVersion asked(StageTask task) {
    for (StageOutput input : task.inputs().values()) {
      if (input instanceof RegisteredVersion version) {
        return version;
      }
    }
    throw StageFailure.of(
        StageFailure.BAD_PIPELINE,
        "The approval " + task.stage().name() + " needs a registered version as its input.");
  }

  private static Duration left(Instant expiresAt) {
    Duration left = Duration.between(now(), expiresAt);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
