package dev.airlock.store;

import dev.airlock.workflows.ApprovalStanding;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.KeyColumn;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.ValueColumn;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** Approvals and the decisions of people on them. */
@RegisterConstructorMapper(Approval.class)
@RegisterConstructorMapper(Decision.class)
@RegisterConstructorMapper(EvidenceRevision.class)
@RegisterConstructorMapper(ApprovalCall.class)
@RegisterConstructorMapper(PolicyLook.class)
public interface Approvals extends SqlObject {

  /**
   * Writes down a person's decision and has it carried to the run, in one transaction. Whether it
   * counts is settled when the run's workflow has it read again: see {@link #decision}.
   *
   * @throws UnknownEntityException where there is no such approval
   */
  @Transaction
  default GateOutcome decide(NewDecision wish) {
    return Gate.decide(getHandle(), wish);
  }

  /**
   * Takes an approval back before it is used: from then on it lets nothing pass. A version that is
   * live stays live.
   *
   * @param acting whoever was entitled to give it, or an admin
   * @throws UnknownEntityException where there is no such approval
   */
  @Transaction
  default GateOutcome revoke(long approvalId, Acting acting, String reason) {
    return Gate.revoke(getHandle(), approvalId, acting, reason);
  }

  /**
   * Takes a vote back, until the approval is closed. Whoever voted may vote again.
   *
   * @param acting whoever gave the vote
   * @throws UnknownEntityException where there is no such decision on the approval
   */
  @Transaction
  default GateOutcome withdrawVote(long approvalId, long decisionId, Acting acting, String reason) {
    return Gate.withdrawVote(getHandle(), approvalId, decisionId, acting, reason);
  }

  /**
   * Raises reminders and escalations that have fallen due.
   *
   * @return how many it has raised
   */
  @SqlQuery("select raise_calls()")
  int raiseCalls();

  /** What people are to be told of an approval, in the order in which it was planned. */
  @SqlQuery("select * from approval_call where approval_id = :approvalId order by id")
  List<ApprovalCall> calls(long approvalId);

  /** What was to be looked at, oldest first. */
  @SqlQuery("select * from approval_evidence where approval_id = :approvalId order by revision")
  List<EvidenceRevision> revisions(long approvalId);

  /** What policies made of an approval as it opened. */
  @SqlQuery("select * from policy_look where approval_id = :approvalId order by policy_id")
  List<PolicyLook> looks(long approvalId);

  /** Everybody who may vote on an approval by now, whether they have or not. */
  @SqlQuery(
      """
      select person.name from person, approval as asked
      where asked.id = :approvalId and may_vote(person.name, asked)
      order by person.name
      """)
  List<String> voters(long approvalId);

  /** The votes for an approval that count as it stands; others have fallen. */
  @SqlQuery("select id from standing_votes(:approvalId) order by id")
  List<Long> standingVotes(long approvalId);

  /** Why votes that have counted for an approval count no longer, by the decisions' ids. */
  @SqlQuery(
      """
      select vote.id,
             coalesce(
               case when vote.digest <> asked.digest
                    then 'What was looked at has changed since.' end,
               case when vote.policy_id is not null then policy_objection(vote, asked) end,
               vouching_objection(vote.person, asked.closed_at),
               format('%s may not vote on it any more.', vote.person)) as because
      from decision as vote join approval as asked on asked.id = vote.approval_id
      where asked.id = :approvalId and vote.outcome = 'counted' and vote.verdict = 'approve'
        and vote.withdrawn_at is null
        and not exists (select from standing_votes(:approvalId) as stands where stands.id = vote.id)
      """)
  @KeyColumn("id")
  @ValueColumn("because")
  Map<Long, String> fallenVotes(long approvalId);

  /**
   * Why the votes of those rest whom the approval asks, who have not asked, and for whom their
   * provider has not vouched for too long, a sentence each.
   */
  @SqlQuery(
      """
      select vouching_objection(person.name, asked.closed_at) from person, approval as asked
      where asked.id = :approvalId and person.vouched_at is not null
        and case when vouching_objection(person.name, asked.closed_at) is not null
                 then is_asked_for(person.name, asked) and not has_asked(person.name, asked) end
      order by person.name
      """)
  List<String> unvouched(long approvalId);

  /** Why the vote of one of them rests; empty where it does not. */
  @SqlQuery(
      """
      select objection from approval as asked,
        vouching_objection(:person, asked.closed_at) as objection
      where asked.id = :id and objection is not null
      """)
  Optional<String> vouchingObjection(long id, String person);

  /** Whose votes those are. */
  @SqlQuery("select person from standing_votes(:approvalId) order by id")
  List<String> standingVoters(long approvalId);

  /** Who rejected it. */
  @SqlQuery(
      """
      select person from decision
      where approval_id = :approvalId and outcome = 'counted' and verdict = 'reject'
        and withdrawn_at is null
      order by id limit 1
      """)
  Optional<String> rejectedBy(long approvalId);

  /** Why the vote of a policy does not count; empty for any other vote. */
  @SqlQuery(
      """
      select policy_objection(vote, asked)
      from decision as vote join approval as asked on asked.id = vote.approval_id
      where vote.id = :decisionId and vote.policy_id is not null
        and policy_objection(vote, asked) is not null
      """)
  Optional<String> policyObjection(long decisionId);

  /** Why the person can't vote on the approval as it stands; empty where they can. */
  default Optional<String> hindrance(Approval approval, String person) {
    return withHandle(handle -> Gate.hindrance(handle, approval, person));
  }

  @SqlQuery("select * from approval where id = :id")
  Optional<Approval> find(long id);

  /** The question of a run's stage. */
  @SqlQuery("select * from approval where run_id = :runId and stage = :stage")
  Optional<Approval> ofStage(long runId, String stage);

  /** The open questions of a run. */
  @SqlQuery("select id from approval where run_id = :runId and state = 'open'")
  List<Long> openOfRun(long runId);

  /** The approval that let a version of a model pass, or the newest that asks about it. */
  @SqlQuery(
      """
      select * from approval where model = :model and version = :version
      order by state = 'approved' desc, id desc limit 1
      """)
  Optional<Approval> ofVersion(String model, int version);

  /** The newest approval that let a version pass, where it was revoked since. */
  @SqlQuery("select * from revocation(:model, :version)")
  Optional<Approval> revocation(String model, int version);

  /** Of each of these versions the approval as {@link #ofVersion} finds it. */
  default List<Approval> ofVersions(String model, List<Integer> versions) {
    return getHandle()
        .createQuery(
            """
            select distinct on (version) * from approval
            where model = :model and version = any(:versions)
            order by version, state = 'approved' desc, id desc
            """)
        .bind("model", model)
        .bindArray("versions", Integer.class, versions)
        .mapTo(Approval.class)
        .list();
  }

  /**
   * Approvals, newest first.
   *
   * @param state only those in this state, or null
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<Approval> list(
      ApprovalStanding.@Nullable State state, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(listBefore(state, Page.before(cursor), bounded + 1), bounded, Approval::id);
  }

  /** The rows behind {@link #list}. */
  @SqlQuery(
      """
      select * from approval
      where id < :before and (:state::text is null or state = :state)
      order by id desc limit :limit
      """)
  List<Approval> listBefore(ApprovalStanding.@Nullable State state, long before, int limit);

  /**
   * The open approvals that a person may vote on and has not, those that expire first before the
   * others.
   */
  @SqlQuery(
      """
      select asked.* from approval as asked
      where asked.state = 'open' and may_vote(:person, asked)
        and not exists (
          select from decision
          where approval_id = asked.id and person = :person and digest = asked.digest
            and outcome is distinct from 'refused' and withdrawn_at is null)
      order by asked.expires_at, asked.id
      limit :limit
      """)
  List<Approval> waitingFor(String person, int limit);

  /** The votes for these approvals that count, oldest first. */
  default List<Decision> approving(List<Long> approvals) {
    return getHandle()
        .createQuery(
            """
            select vote.* from unnest(:approvals) as wanted, standing_votes(wanted) as vote
            order by vote.id
            """)
        .bindArray("approvals", Long.class, approvals)
        .mapTo(Decision.class)
        .list();
  }

  /** How many are open, counted up to a bound. */
  @SqlQuery("select count(*) from (select from approval where state = 'open' limit :most) as open")
  int countOpen(int most);

  /** The decisions on an approval, oldest first. */
  @SqlQuery("select * from decision where approval_id = :approvalId order by id")
  List<Decision> decisions(long approvalId);

  @SqlQuery("select * from decision where id = :id")
  Optional<Decision> decision(long id);

  /** When the provider has last vouched for whoever gave this vote; empty where none keeps them. */
  @SqlQuery(
      """
      select vouched_at from person join decision on person = person.name
      where id = :decisionId and vouched_at is not null
      """)
  Optional<Instant> vouchedAt(long decisionId);

  /** Whether the approval asks this person by now, be it by a team or a role. */
  @SqlQuery("select is_asked_for(:person, asked) from approval as asked where asked.id = :id")
  boolean isAskedFor(long id, String person);

  /**
   * As whom this person has asked: by their own name, or by somebody's account that they had made
   * or whose password they had set last. Empty where they have not asked.
   */
  @SqlQuery("select asked_as(:person, asked) from approval as asked where asked.id = :id")
  Optional<String> askedAs(long id, String person);

  /** Why a file in a watched folder is in this person's way; empty where none is. */
  @SqlQuery(
      """
      select objection from approval as asked, file_objection(:person, asked) as objection
      where asked.id = :id and objection is not null
      """)
  Optional<String> fileObjection(long id, String person);

  /**
   * Who had last made somebody's account or set its password at a moment; empty where a file did.
   */
  @SqlQuery("select account_holder(:account, :at)")
  Optional<String> accountHolder(String account, Instant at);

  /**
   * Why the approval lets nothing pass any more though it was given: another version is live than
   * the one that it was given beside. Empty where it fits.
   */
  @SqlQuery("select champion_objection(asked) from approval as asked where asked.id = :id")
  Optional<String> championObjection(long id);

  /**
   * Whether the approval asks this person, they have not asked for its run, and no provider has
   * failed to vouch for them.
   */
  @SqlQuery("select may_vote(:person, asked) from approval as asked where asked.id = :id")
  boolean mayVote(long id, String person);

  /** Whether the person's role and teams let them decide what is asked of {@code askedOf}. */
  @SqlQuery("select is_entitled(:person, :askedOf)")
  boolean isEntitled(String person, String askedOf);
}
