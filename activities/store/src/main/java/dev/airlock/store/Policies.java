package dev.airlock.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.KeyColumn;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.ValueColumn;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;

/** Policies that people have signed, which approve in their names. */
@RegisterConstructorMapper(ApprovalPolicy.class)
public interface Policies extends SqlObject {

  /**
   * Signs a policy for one version's graph and code. It votes on approvals that open from now on.
   *
   * @return {@link GateOutcome.Recorded} with the policy's id
   * @throws UnknownEntityException where there is no such pipeline, version or approval stage
   */
  @Transaction
  default GateOutcome sign(NewPolicy wish, Acting acting) {
    return PolicyDesk.sign(getHandle(), wish, acting);
  }

  /**
   * Takes a policy back. Votes that it has given on open approvals are withdrawn; what it has
   * approved stays, and can be revoked by itself.
   *
   * @param acting the signer, anybody else whom its stage asks, or an admin
   * @throws UnknownEntityException where there is no such policy
   */
  @Transaction
  default GateOutcome revoke(long policyId, Acting acting, String reason) {
    return PolicyDesk.revoke(getHandle(), policyId, acting, reason);
  }

  /**
   * Of these signers those whose policies rest, and why: for too long their provider has not
   * vouched for them.
   */
  @SqlQuery(
      """
      select name, vouching_objection(name, null) as because from person
      where name = any(:signers) and vouching_objection(name, null) is not null
      """)
  @KeyColumn("name")
  @ValueColumn("because")
  Map<String, String> resting(String[] signers);

  @SqlQuery("select * from approval_policy where id = :id")
  Optional<ApprovalPolicy> find(long id);

  /**
   * A pipeline's policies, newest first.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<ApprovalPolicy> list(
      String pipeline, int limit, @org.jspecify.annotations.Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(
        listBefore(pipeline, Page.before(cursor), bounded + 1), bounded, ApprovalPolicy::id);
  }

  /** The rows behind {@link #list}. */
  @SqlQuery(
      """
      select * from approval_policy where pipeline = :pipeline and id < :before
      order by id desc limit :limit
      """)
  List<ApprovalPolicy> listBefore(String pipeline, long before, int limit);

  /**
   * How many are in force for a version: signed for its very graph and code, by people whose
   * policies don't rest.
   */
  @SqlQuery(
      """
      select count(*) from approval_policy p
      join pipeline_version v on v.graph_digest = p.graph_digest and v.code_digest = p.code_digest
        and v.pipeline = p.pipeline
      where v.pipeline = :pipeline and v.version = :version and p.revoked_at is null
        and p.expires_at > clock_timestamp() and vouching_objection(p.signed_by, null) is null
      """)
  long countInForce(String pipeline, int version);

  /**
   * The policies in force that were signed for what this run runs, oldest first; kept in force
   * until the transaction ends.
   */
  @SqlQuery(
      """
      select p.* from approval_policy p
      join pipeline_version v on v.graph_digest = p.graph_digest and v.code_digest = p.code_digest
        and v.pipeline = p.pipeline
      join run r on r.pipeline = v.pipeline and r.version = v.version
      where r.id = :runId and p.stage = :stage and p.revoked_at is null
        and p.expires_at > clock_timestamp()
      order by p.id
      for share of p
      """)
  List<ApprovalPolicy> inForce(long runId, String stage);
}
