package dev.airlock.store;

import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.ApprovalStanding.State;
import dev.airlock.workflows.DecisionOutcome;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The laws of the gate, applied to rows that are locked by the caller's transaction. */
final class Gate {

  private Gate() {}

  static GateOutcome decide(Handle handle, NewDecision wish) {
    Optional<String> fault = Reasons.fault("A decision", wish.reason());
    if (fault.isPresent()) {
      return new GateOutcome.Invalid(fault.get());
    }
    GateOutcome outcome = write(handle, wish);
    if (!(outcome instanceof GateOutcome.Recorded)) {
      GateAudit.voteRefused(handle, wish, outcome);
    }
    return outcome;
  }

  private static GateOutcome write(Handle handle, NewDecision wish) {
    Approval approval = lock(handle, wish.approvalId());
    Optional<String> forbidden = notEntitled(handle, approval, wish.person());
    if (forbidden.isPresent()) {
      return new GateOutcome.Forbidden(forbidden.get());
    }
    Optional<String> conflict =
        notOpen(handle, approval)
            .or(() -> expired(handle, approval))
            .or(() -> otherDigest(approval, wish.digest()))
            .or(() -> votedBefore(handle, approval, wish.person()));
    if (conflict.isPresent()) {
      return new GateOutcome.Conflict(conflict.get());
    }
    return new GateOutcome.Recorded(
        insert(handle, approval, wish.acting(), wish.verdict(), wish.reason(), null));
  }

  private static long insert(
      Handle handle,
      Approval approval,
      Acting voter,
      Decision.Verdict verdict,
      String reason,
      @Nullable Long policy) {
    long id =
        Acts.as(
            handle,
            voter,
            () ->
                handle
                    .createQuery(
                        """
                        insert into decision (approval_id, person, verdict, reason, digest,
                                              policy_id)
                        values (:approval, :person, :verdict, :reason, :digest, :policy)
                        returning id
                        """)
                    .bind("approval", approval.id())
                    .bind("person", voter.actor())
                    .bind("verdict", verdict)
                    .bind("reason", reason.strip())
                    .bind("digest", approval.digest())
                    .bind("policy", policy)
                    .mapTo(Long.class)
                    .one());
    Outbox.post(handle, OutboxKind.DECISION, id);
    return id;
  }

  /**
   * Lets a policy vote in its signer's name on an approval that has just been opened, unless
   * something speaks against it. Either way it is noted why.
   */
  static void vote(Handle handle, Approval approval, ApprovalPolicy policy, PolicyCheck figures) {
    Optional<String> objection =
        notEntitled(handle, approval, policy.signedBy())
            .or(() -> votedBefore(handle, approval, policy.signedBy()))
            .or(() -> figures.isInside() ? Optional.empty() : Optional.of(figures.because()))
            .or(() -> unbound(handle, approval, policy));
    handle
        .createUpdate(
            """
            insert into policy_look (approval_id, policy_id, voted, because)
            values (:approval, :policy, :voted, :because)
            """)
        .bind("approval", approval.id())
        .bind("policy", policy.id())
        .bind("voted", objection.isEmpty())
        .bind("because", objection.orElse(figures.because()))
        .execute();
    if (objection.isPresent()) {
      return;
    }
    String reason =
        "By policy %d of %s (%s): %s."
            .formatted(policy.id(), policy.signedBy(), policy.reason(), figures.because());
    Acting signer =
        new Acting(
            policy.signedBy(), Origin.within(Origin.Channel.POLICY, "policy " + policy.id()));
    insert(handle, approval, signer, Decision.Verdict.APPROVE, reason, policy.id());
  }

  /** What the database holds against a vote of the policy, before there is one. */
  private static Optional<String> unbound(Handle handle, Approval approval, ApprovalPolicy policy) {
    return handle
        .createQuery(
            """
            select policy_objection(
              jsonb_populate_record(null::decision, jsonb_build_object(
                'approval_id', a.id, 'person', :person, 'digest', a.digest,
                'decided_at', clock_timestamp(), 'policy_id', :policy)), a)
            from approval a where a.id = :approval
            """)
        .bind("person", policy.signedBy())
        .bind("policy", policy.id())
        .bind("approval", approval.id())
        .mapTo(String.class)
        .findFirst();
  }

  /** Takes one's own vote back, while the approval is open. */
  static GateOutcome withdrawVote(
      Handle handle, long approvalId, long decisionId, Acting acting, String reason) {
    Optional<String> fault = Reasons.fault("Taking a vote back", reason);
    if (fault.isPresent()) {
      return new GateOutcome.Invalid(fault.get());
    }
    Approval approval = lock(handle, approvalId);
    Decision decision =
        handle
            .attach(Approvals.class)
            .decision(decisionId)
            .filter(found -> found.approvalId() == approvalId)
            .orElseThrow(
                () ->
                    new UnknownEntityException(
                        "There is no decision %d on approval %d."
                            .formatted(decisionId, approvalId)));
    GateOutcome outcome = mayWithdraw(approval, decision, acting.actor());
    if (outcome instanceof GateOutcome.Recorded) {
      takeVoteBack(handle, decisionId, acting, reason);
    } else {
      GateAudit.withdrawalRefused(handle, decision, acting, outcome);
    }
    return outcome;
  }

  private static GateOutcome mayWithdraw(Approval approval, Decision decision, String person) {
    if (!decision.person().equals(person)) {
      return new GateOutcome.Forbidden(
          "This is the vote of %s, not of %s.".formatted(decision.person(), person));
    }
    if (approval.state() != State.OPEN) {
      return new GateOutcome.Conflict(
          "Approval %d is %s already: its votes stay. What it lets pass can be stopped by revoking it."
              .formatted(approval.id(), standingWord(approval)));
    }
    return decision.stands()
        ? new GateOutcome.Recorded(decision.id())
        : new GateOutcome.Conflict(
            "This vote does not count any more; there is nothing to take back.");
  }

  /** Takes a vote back, whoever gave it, unless its approval has been closed meanwhile. */
  static void takeOpenVoteBack(Handle handle, long decisionId, Acting acting, String reason) {
    Decision decision = handle.attach(Approvals.class).decision(decisionId).orElseThrow();
    if (lock(handle, decision.approvalId()).state() == State.OPEN) {
      takeVoteBack(handle, decisionId, acting, reason);
    }
  }

  private static void takeVoteBack(Handle handle, long decisionId, Acting acting, String reason) {
    // One that its run has not heard of yet is settled here: it will find it refused.
    Acts.as(
        handle,
        acting,
        () ->
            handle
                .createUpdate(
                    """
                    update decision
                    set withdrawn_at = clock_timestamp(), withdrawn_by = :by,
                        withdrawn_because = :reason,
                        outcome_reason = case when outcome is null then 'It was withdrawn.'
                                              else outcome_reason end,
                        settled_at = coalesce(settled_at, clock_timestamp()),
                        outcome = coalesce(outcome, 'refused')
                    where id = :id and withdrawn_at is null
                    """)
                .bind("by", acting.actor())
                .bind("reason", reason.strip())
                .bind("id", decisionId)
                .execute());
  }

  static GateOutcome revoke(Handle handle, long approvalId, Acting acting, String reason) {
    Optional<String> fault = Reasons.fault("Revoking", reason);
    if (fault.isPresent()) {
      return new GateOutcome.Invalid(fault.get());
    }
    GateOutcome outcome = takeBack(handle, approvalId, acting, reason);
    if (!(outcome instanceof GateOutcome.Recorded)) {
      GateAudit.revocationRefused(handle, approvalId, acting, reason, outcome);
    }
    return outcome;
  }

  private static GateOutcome takeBack(
      Handle handle, long approvalId, Acting acting, String reason) {
    Approval approval = lock(handle, approvalId);
    String by = acting.actor();
    if (!isAskedFor(handle, approval, by) && !isEntitled(handle, by, "admin")) {
      return new GateOutcome.Forbidden(
          by + " may not revoke what " + approval.everyoneAsked() + " decides.");
    }
    if (approval.state() != State.APPROVED || approval.revokedAt() != null) {
      return new GateOutcome.Conflict(
          "Approval " + approvalId + " is " + standingWord(approval) + ", not in force.");
    }
    Acts.as(
        handle,
        acting,
        () ->
            handle
                .createUpdate(
                    """
                    update approval
                    set revoked_at = clock_timestamp(), revoked_by = :by, revoked_because = :reason
                    where id = :id
                    """)
                .bind("id", approvalId)
                .bind("by", by)
                .bind("reason", reason.strip())
                .execute());
    return new GateOutcome.Recorded(approvalId);
  }

  /**
   * Counts a decision or refuses it. A decision that was settled before stays as it is; where it
   * counts, and with others that do by now is enough, the approval is given: some may have rested
   * when the last one came.
   */
  static DecisionOutcome count(Handle handle, long approvalId, long decisionId) {
    Optional<Decision> found =
        handle
            .attach(Approvals.class)
            .decision(decisionId)
            .filter(decision -> decision.approvalId() == approvalId);
    if (found.isEmpty()) {
      return new DecisionOutcome.Refused(
          "There is no decision " + decisionId + " on approval " + approvalId + ".");
    }
    Approval approval = lock(handle, approvalId);
    Decision decision = handle.attach(Approvals.class).decision(decisionId).orElseThrow();
    if (decision.outcome() == null) {
      settle(handle, approval, decision);
      decision = handle.attach(Approvals.class).decision(decisionId).orElseThrow();
    } else if (approval.state() == State.OPEN
        && expired(handle, approval).isEmpty()
        && handle.attach(Approvals.class).standingVotes(approvalId).contains(decisionId)
        && hasEnoughVotes(handle, approvalId)) {
      giveAgain(handle, approval);
    }
    return decision.outcome() == Decision.Outcome.COUNTED
        ? new DecisionOutcome.Counted(standing(handle, approvalId))
        : new DecisionOutcome.Refused(decision.outcomeReason());
  }

  /**
   * Counts what was decided in time, votes that had rested and count again as well; what was not
   * decided expires. Before its time it stays open, whoever asks: the clock of the database says
   * when that is.
   */
  static ApprovalStanding expire(Handle handle, long approvalId) {
    Approval approval = lock(handle, approvalId);
    for (Decision decision : handle.attach(Approvals.class).decisions(approvalId)) {
      if (decision.outcome() == null) {
        settle(handle, lock(handle, approvalId), decision);
      }
    }
    if (expired(handle, approval).isEmpty()) {
      return standing(handle, approvalId);
    }
    int votes = standing(handle, approvalId).votes().size();
    if (votes >= approval.quorum()) {
      giveAgain(handle, approval);
    } else {
      String because = undecided(handle, approval, votes);
      close(handle, approvalId, State.EXPIRED, because, runOf(approval));
    }
    return standing(handle, approvalId);
  }

  /** By nobody's vote at this moment: the run itself finds that enough count by now. */
  private static void giveAgain(Handle handle, Approval approval) {
    close(handle, approval.id(), State.APPROVED, "Enough votes count again.", runOf(approval));
  }

  private static Acting runOf(Approval approval) {
    return Acting.workflow("run-" + approval.runId());
  }

  /**
   * Whether an approval is open though as many votes as it takes count for it. Waits for whoever
   * counts one at this moment, so that of two at once the second sees the first.
   */
  static boolean hasEnoughVotes(Handle handle, long approvalId) {
    Approval approval = lock(handle, approvalId);
    return approval.state() == State.OPEN
        && standing(handle, approvalId).votes().size() >= approval.quorum();
  }

  private static String undecided(Handle handle, Approval approval, int votes) {
    boolean hasVotes =
        handle.attach(Approvals.class).decisions(approval.id()).stream().anyMatch(Decision::stands);
    return hasVotes
        ? "%d of %d votes counted before %s."
            .formatted(votes, approval.quorum(), approval.expiresAt())
        : "Nobody decided before " + approval.expiresAt() + ".";
  }

  static void withdraw(Handle handle, long approvalId) {
    Acting run = runOf(lock(handle, approvalId));
    close(handle, approvalId, State.WITHDRAWN, "The run was cancelled.", run);
  }

  /** Refuses a decision that can't reach its run any more. */
  static void refuse(Handle handle, long decisionId, String reason) {
    handle
        .attach(Approvals.class)
        .decision(decisionId)
        .ifPresent(
            decision ->
                Acts.as(
                    handle,
                    Acting.within(decision.person(), Origin.Channel.WORKFLOW),
                    () -> settleAs(handle, decisionId, Decision.Outcome.REFUSED, reason)));
  }

  static ApprovalStanding standing(Handle handle, long approvalId) {
    Approvals approvals = handle.attach(Approvals.class);
    Approval approval = approvals.find(approvalId).orElseThrow();
    return new ApprovalStanding(
        approvalId,
        approval.state(),
        approvals.standingVoters(approvalId),
        approval.quorum(),
        approval.because(),
        approvals.rejectedBy(approvalId).orElse(null));
  }

  private static void settle(Handle handle, Approval approval, Decision decision) {
    Optional<String> objection =
        notEntitled(handle, approval, decision.person())
            .or(() -> notOpen(handle, approval))
            .or(() -> otherDigest(approval, decision.digest()))
            .or(() -> handle.attach(Approvals.class).policyObjection(decision.id()));
    if (objection.isPresent()) {
      refuse(handle, decision.id(), objection.get());
      return;
    }
    settleAs(handle, decision.id(), Decision.Outcome.COUNTED, "");
    Acting voter = Acting.within(decision.person(), Origin.Channel.WORKFLOW);
    if (decision.verdict() == Decision.Verdict.REJECT) {
      close(handle, approval.id(), State.REJECTED, decision.reason(), voter);
    } else if (standing(handle, approval.id()).votes().size() >= approval.quorum()) {
      close(handle, approval.id(), State.APPROVED, decision.reason(), voter);
    }
  }

  private static int settleAs(
      Handle handle, long decisionId, Decision.Outcome outcome, String reason) {
    return handle
        .createUpdate(
            """
            update decision
            set outcome = :outcome, outcome_reason = :reason, settled_at = clock_timestamp()
            where id = :id and outcome is null
            """)
        .bind("id", decisionId)
        .bind("outcome", outcome)
        .bind("reason", reason)
        .execute();
  }

  private static void close(
      Handle handle, long approvalId, State state, String because, Acting acting) {
    int closed =
        Acts.as(
            handle,
            acting,
            () ->
                handle
                    .createUpdate(
                        """
                        update approval
                        set state = :state, because = :because, closed_at = clock_timestamp()
                        where id = :id and state = 'open'
                        """)
                    .bind("id", approvalId)
                    .bind("state", state)
                    .bind("because", because)
                    .execute());
    if (closed == 1) {
      Quorum.settle(handle, approvalId, state);
    }
  }

  private static Approval lock(Handle handle, long approvalId) {
    return handle
        .createQuery("select id from approval where id = :id for update")
        .bind("id", approvalId)
        .mapTo(Long.class)
        .findOne()
        .flatMap(id -> handle.attach(Approvals.class).find(id))
        .orElseThrow(() -> new UnknownEntityException("There is no approval " + approvalId + "."));
  }

  /** Why this person may not vote on the approval; empty where they may, as {@code may_vote}. */
  static Optional<String> notEntitled(Handle handle, Approval approval, String person) {
    if (!isAskedFor(handle, approval, person)) {
      return Optional.of(
          "%s may not decide this: it takes an approver or admin who is %s, or one of them."
              .formatted(person, approval.everyoneAsked()));
    }
    return handle
        .attach(Approvals.class)
        .askedAs(approval.id(), person)
        .map(
            asker ->
                asker.equals(person)
                    ? (approval.requestedBy().equals(person)
                            ? "%s asked for run %d: somebody else must decide."
                            : "%s counts as having asked for run %d, by a run or a pipeline behind it: somebody else must decide.")
                        .formatted(person, approval.runId())
                    : "%s asked for run %d, by an account that %s made or whose password %s set last: somebody else must decide."
                        .formatted(asker, approval.runId(), person, person))
        .or(() -> handle.attach(Approvals.class).fileObjection(approval.id(), person))
        .or(() -> handle.attach(Approvals.class).vouchingObjection(approval.id(), person));
  }

  /** Why this person can't vote now; empty where they can. */
  static Optional<String> hindrance(Handle handle, Approval approval, String person) {
    return notEntitled(handle, approval, person)
        .or(() -> notOpen(handle, approval))
        .or(() -> votedBefore(handle, approval, person));
  }

  private static boolean isAskedFor(Handle handle, Approval approval, String person) {
    return handle.attach(Approvals.class).isAskedFor(approval.id(), person);
  }

  private static boolean isEntitled(Handle handle, String person, String askedOf) {
    return handle.attach(Approvals.class).isEntitled(person, askedOf);
  }

  /** Whoever comes a moment late is told who was first. */
  private static Optional<String> notOpen(Handle handle, Approval approval) {
    if (approval.state() == State.OPEN) {
      return Optional.empty();
    }
    Approvals approvals = handle.attach(Approvals.class);
    String who =
        switch (approval.state()) {
          case APPROVED -> String.join(" and ", approvals.standingVoters(approval.id()));
          case REJECTED -> approvals.rejectedBy(approval.id()).orElse("");
          case OPEN, EXPIRED, WITHDRAWN -> "";
        };
    return Optional.of(
        "Approval %d is %s already%s."
            .formatted(approval.id(), standingWord(approval), who.isEmpty() ? "" : ", by " + who));
  }

  private static String standingWord(Approval approval) {
    return approval.revokedAt() != null ? "revoked" : Words.of(approval.state());
  }

  private static Optional<String> expired(Handle handle, Approval approval) {
    boolean isOver =
        handle
            .createQuery("select clock_timestamp() >= :expiry")
            .bind("expiry", approval.expiresAt())
            .mapTo(Boolean.class)
            .one();
    return isOver
        ? Optional.of("Approval " + approval.id() + " expired at " + approval.expiresAt() + ".")
        : Optional.empty();
  }

  private static Optional<String> otherDigest(Approval approval, String digest) {
    return approval.digest().equals(digest)
        ? Optional.empty()
        : Optional.of(
            "What was looked at (%s) is not the evidence of approval %d (%s): look again."
                .formatted(digest, approval.id(), approval.digest()));
  }

  private static Optional<String> votedBefore(Handle handle, Approval approval, String person) {
    return handle.attach(Approvals.class).decisions(approval.id()).stream()
        .filter(Decision::stands)
        .filter(decision -> decision.digest().equals(approval.digest()))
        .filter(decision -> decision.person().equals(person))
        .findFirst()
        .map(
            decision ->
                "%s has decided already%s, at %s."
                    .formatted(
                        person,
                        decision.policyId() == null ? "" : " by policy " + decision.policyId(),
                        decision.decidedAt()));
  }
}
