package dev.airlock.store;

import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jdbi.v3.core.Handle;

/** Where policies are signed and taken back. */
final class PolicyDesk {

  private static final Duration LONGEST = Duration.ofDays(92);

  private PolicyDesk() {}

  static GateOutcome sign(Handle handle, NewPolicy wish, Acting acting) {
    PipelineVersion version = version(handle, wish);
    Optional<Work.Approval> stage = approval(version, wish.stage());
    if (stage.isEmpty()) {
      return new GateOutcome.Invalid(
          "Version %d of %s has no approval '%s'; it has %s."
              .formatted(version.version(), wish.pipeline(), wish.stage(), approvals(version)));
    }
    if (!stage.get().takesPolicies()) {
      return new GateOutcome.Invalid(
          "The approval '%s' is for people alone. Its pipeline allows policies by the word .orPolicy()."
              .formatted(wish.stage()));
    }
    Optional<String> forbidden = notEntitled(handle, version, stage.get(), acting.actor());
    if (forbidden.isPresent()) {
      Audit.record(
          handle,
          acting
              .did(AuditAction.REFUSE_POLICY, "pipeline", wish.pipeline())
              .after(Map.of("stage", wish.stage(), "refused", forbidden.get())));
      return new GateOutcome.Forbidden(forbidden.get());
    }
    List<String> faults = faults(wish, now(handle));
    Map<String, String> missing = ParamCheck.faults(version.graph().params(), Map.of());
    missing
        .values()
        .forEach(fault -> faults.add(fault + " A policy holds for runs with default params."));
    if (!faults.isEmpty()) {
      return new GateOutcome.Invalid(String.join(" ", faults));
    }
    SortedMap<String, String> params = ParamCheck.complete(version.graph().params(), Map.of());
    return new GateOutcome.Recorded(
        Acts.as(handle, acting, () -> insert(handle, wish, version, params, acting.actor())));
  }

  /** By the clock that holds the policy to its time later on. */
  private static Instant now(Handle handle) {
    return handle.createQuery("select clock_timestamp()").mapTo(Instant.class).one();
  }

  private static PipelineVersion version(Handle handle, NewPolicy wish) {
    Pipelines pipelines = handle.attach(Pipelines.class);
    Integer number = wish.version();
    if (number == null) {
      return pipelines.runnable(wish.pipeline());
    }
    return pipelines
        .version(wish.pipeline(), number)
        .orElseThrow(
            () ->
                new UnknownEntityException(
                    "There is no version %d of pipeline '%s'.".formatted(number, wish.pipeline())));
  }

  private static Optional<Work.Approval> approval(PipelineVersion version, String stage) {
    return version
        .graph()
        .stage(stage)
        .map(StageSpec::work)
        .filter(Work.Approval.class::isInstance)
        .map(Work.Approval.class::cast);
  }

  private static String approvals(PipelineVersion version) {
    List<String> names =
        version.graph().stages().stream()
            .filter(stage -> stage.work() instanceof Work.Approval)
            .map(StageSpec::name)
            .toList();
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private static Optional<String> notEntitled(
      Handle handle, PipelineVersion version, Work.Approval asks, String person) {
    if (!isAsked(handle, asks, person)) {
      return Optional.of(
          "%s may not sign this: it takes an approver or admin who is %s, or one of them."
              .formatted(person, Words.either(asks.askedOf())));
    }
    if (person.equals(version.publishedBy())) {
      return Optional.of(
          "%s published version %d of %s, and so counts as whoever asked for its scheduled runs: somebody else must sign."
              .formatted(person, version.version(), version.pipeline()));
    }
    if (person.equals(version.fileOwner())) {
      return Optional.of(
          "Version %d of %s came out of a file of %s in a watched folder: somebody else must sign."
              .formatted(version.version(), version.pipeline(), person));
    }
    return handle
        .attach(Approvals.class)
        .accountHolder(version.publishedBy(), version.publishedAt())
        .filter(person::equals)
        .map(
            holder ->
                "%s published version %d of %s, by an account that %s made or whose password %s set last: somebody else must sign."
                    .formatted(
                        version.publishedBy(),
                        version.version(),
                        version.pipeline(),
                        holder,
                        holder));
  }

  private static boolean isAsked(Handle handle, Work.Approval asks, String person) {
    Approvals approvals = handle.attach(Approvals.class);
    return asks.askedOf().stream().anyMatch(named -> approvals.isEntitled(person, named));
  }

  private static List<String> faults(NewPolicy wish, Instant now) {
    List<String> faults = new ArrayList<>();
    Reasons.fault("A policy", wish.reason()).ifPresent(faults::add);
    if (wish.bounds().isEmpty()) {
      faults.add("A policy needs at least one bound, such as auc at least 0.7.");
    }
    for (Requirement bound : wish.bounds()) {
      if (!Double.isFinite(bound.bound())) {
        faults.add(
            "The bound of %s is %s; it must be a number."
                .formatted(bound.metric().name().toLowerCase(Locale.ROOT), bound.bound()));
      }
    }
    if (wish.minimumRows() < 1) {
      faults.add(
          "The fewest rows are %d; figures must rest on at least 1.".formatted(wish.minimumRows()));
    }
    if (!wish.expiresAt().isAfter(now) || wish.expiresAt().isAfter(now.plus(LONGEST))) {
      faults.add(
          "It would expire at %s; a policy holds for at most 92 days from now."
              .formatted(wish.expiresAt()));
    }
    return faults;
  }

  private static long insert(
      Handle handle,
      NewPolicy wish,
      PipelineVersion version,
      SortedMap<String, String> params,
      String signer) {
    return handle
        .createQuery(
            """
            insert into approval_policy (pipeline, version, stage, graph_digest, code_digest,
                                         params, bounds, minimum_rows, signed_by, reason,
                                         expires_at)
            values (:pipeline, :version, :stage, :graph, :code, :params::jsonb, :bounds::jsonb,
                    :minimumRows, :signedBy, :reason, :expiresAt)
            returning id
            """)
        .bind("pipeline", version.pipeline())
        .bind("version", version.version())
        .bind("stage", wish.stage())
        .bind("graph", version.graphDigest())
        .bind("code", version.codeDigest())
        .bind("params", Json.write(params))
        .bind("bounds", Json.write(wish.bounds()))
        .bind("minimumRows", wish.minimumRows())
        .bind("signedBy", signer)
        .bind("reason", wish.reason().strip())
        .bind("expiresAt", wish.expiresAt())
        .mapTo(Long.class)
        .one();
  }

  static GateOutcome revoke(Handle handle, long policyId, Acting acting, String reason) {
    Optional<String> fault = Reasons.fault("Revoking", reason);
    if (fault.isPresent()) {
      return new GateOutcome.Invalid(fault.get());
    }
    ApprovalPolicy policy = lock(handle, policyId);
    if (!mayRevoke(handle, policy, acting.actor())) {
      String because =
          "%s may not revoke what %s signed.".formatted(acting.actor(), policy.signedBy());
      Audit.record(
          handle,
          acting
              .did(AuditAction.REFUSE_POLICY, "policy", policyId)
              .after(Map.of("refused", because)));
      return new GateOutcome.Forbidden(because);
    }
    if (policy.revokedAt() != null) {
      return new GateOutcome.Conflict(
          "Policy %d was revoked by %s already.".formatted(policyId, policy.revokedBy()));
    }
    // The votes first, while the policy that gave them is still in force.
    String because = "Policy %d was revoked: %s".formatted(policyId, reason.strip());
    openVotes(handle, policyId)
        .forEach(vote -> Gate.takeOpenVoteBack(handle, vote, acting, because));
    Acts.as(
        handle,
        acting,
        () ->
            handle
                .createUpdate(
                    """
                    update approval_policy
                    set revoked_at = clock_timestamp(), revoked_by = :by,
                        revoked_because = :reason
                    where id = :id
                    """)
                .bind("id", policyId)
                .bind("by", acting.actor())
                .bind("reason", reason.strip())
                .execute());
    return new GateOutcome.Recorded(policyId);
  }

  private static ApprovalPolicy lock(Handle handle, long policyId) {
    return handle
        .createQuery("select id from approval_policy where id = :id for update")
        .bind("id", policyId)
        .mapTo(Long.class)
        .findOne()
        .flatMap(id -> handle.attach(Policies.class).find(id))
        .orElseThrow(() -> new UnknownEntityException("There is no policy " + policyId + "."));
  }

  private static boolean mayRevoke(Handle handle, ApprovalPolicy policy, String person) {
    return person.equals(policy.signedBy())
        || handle.attach(Approvals.class).isEntitled(person, "admin")
        || handle
            .attach(Pipelines.class)
            .version(policy.pipeline(), policy.version())
            .flatMap(version -> approval(version, policy.stage()))
            .filter(asks -> isAsked(handle, asks, person))
            .isPresent();
  }

  private static List<Long> openVotes(Handle handle, long policyId) {
    return handle
        .createQuery(
            """
            select d.id from decision d join approval a on a.id = d.approval_id
            where d.policy_id = :policy and a.state = 'open' and d.withdrawn_at is null
              and d.outcome is distinct from 'refused'
            order by d.approval_id, d.id
            """)
        .bind("policy", policyId)
        .mapTo(Long.class)
        .list();
  }
}
