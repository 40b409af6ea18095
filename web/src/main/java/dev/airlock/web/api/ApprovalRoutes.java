package dev.airlock.web.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.airlock.store.Acting;
import dev.airlock.store.Approval;
import dev.airlock.store.ApprovalCall;
import dev.airlock.store.Approvals;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Decision;
import dev.airlock.store.EvidenceRevision;
import dev.airlock.store.NewDecision;
import dev.airlock.store.Page;
import dev.airlock.store.PolicyLook;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Questions to people, and their answers. */
public final class ApprovalRoutes {
  private final Supplier<Store> store;
  private final ArtifactStore artifacts;
  private final Decisions decisions;

  public ApprovalRoutes(Supplier<Store> store, ArtifactStore artifacts, Decisions decisions) {
    this.store = store;
    this.artifacts = artifacts;
    this.decisions = decisions;
  }

  /**
   * An approval in full.
   *
   * @param mayVote everybody who may, by now
   * @param beside what it was judged beside, and what is live now
   * @param standing the ids of the votes for it that count as it stands
   * @param revisions of the evidence, oldest first
   * @param policies what each made of it
   */
  private record Shown(
      @JsonUnwrapped Approval approval,
      @JsonRawValue String evidence,
      Beside beside,
      List<Decision> decisions,
      List<String> mayVote,
      List<Long> standing,
      List<EvidenceRevision> revisions,
      List<ApprovalCall> calls,
      List<PolicyLook> policies) {}

  private record Answer(
      @Nullable String decision, @Nullable String reason, @Nullable String digest) {}

  private record Decided(Decision decision, Approval approval, String detail) {}

  /** {@code GET /approvals}. */
  public void list(Context ctx) {
    Page<Approval> page =
        store
            .get()
            .approvals()
            .list(state(Query.text(ctx, "state")), Limits.of(ctx), Query.text(ctx, "cursor"));
    ctx.json(page);
  }

  private static ApprovalStanding.@Nullable State state(@Nullable String word) {
    if (word == null) {
      return null;
    }
    return Arrays.stream(ApprovalStanding.State.values())
        .filter(state -> state.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.badRequest(
                    "state is '%s', expected one of %s."
                        .formatted(
                            word,
                            Arrays.stream(ApprovalStanding.State.values())
                                .map(state -> state.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ")))));
  }

  /** {@code GET /approvals/{id}}. */
  public void show(Context ctx) {
    Approval approval = find(Query.id(ctx, "approval"));
    String evidence = new String(artifacts.get(approval.evidenceDigest()), StandardCharsets.UTF_8);
    Approvals approvals = store.get().approvals();
    ctx.json(
        new Shown(
            approval,
            evidence,
            Beside.of(
                store.get(),
                artifacts,
                approval.model(),
                approval.version(),
                Json.read(evidence, Evidence.class)),
            approvals.decisions(approval.id()),
            approvals.voters(approval.id()),
            approvals.standingVotes(approval.id()),
            approvals.revisions(approval.id()),
            approvals.calls(approval.id()),
            approvals.looks(approval.id())));
  }

  private Approval find(long id) {
    return store
        .get()
        .approvals()
        .find(id)
        .orElseThrow(() -> new UnknownEntityException("There is no approval " + id + "."));
  }

  /** {@code POST /approvals/{id}/decisions}. */
  public void decide(Context ctx) {
    long id = Query.id(ctx, "approval");
    Answer answer = Body.read(ctx, Answer.class);
    Decision decision = decisions.decide(wish(id, Caller.of(ctx).acting(ctx), answer));
    boolean isSettled = decision.outcome() != null;
    ctx.status(isSettled ? 200 : 202)
        .json(new Decided(decision, find(id), isSettled ? "Counted." : "Recorded, taking effect."));
  }

  private record Because(@Nullable String reason) {}

  /** {@code POST /approvals/{id}/revoke}: from now on it lets no traffic rise. */
  public void revoke(Context ctx) {
    long id = Query.id(ctx, "approval");
    String reason = reason(ctx, "Revoking");
    GateAnswers.recorded(store.get().approvals().revoke(id, Caller.of(ctx).acting(ctx), reason));
    ctx.json(find(id));
  }

  /** {@code POST /approvals/{id}/decisions/{decision}/withdraw}: one's own vote is taken back. */
  public void withdraw(Context ctx) {
    long id = Query.id(ctx, "approval");
    long decision = Query.number("The decision", ctx.pathParam("decision"));
    String reason = reason(ctx, "Taking a vote back");
    GateAnswers.recorded(
        store.get().approvals().withdrawVote(id, decision, Caller.of(ctx).acting(ctx), reason));
    ctx.json(
        new Decided(
            store.get().approvals().decision(decision).orElseThrow(), find(id), "Withdrawn."));
  }

  static String reason(Context ctx, String what) {
    String reason = Body.read(ctx, Because.class).reason();
    if (reason == null || reason.isBlank()) {
      throw ProblemException.badRequest(
          what + " needs a reason.",
          List.of(new Fault("reason", "missing; say why, for those who ask later")));
    }
    return reason;
  }

  private static NewDecision wish(long approvalId, Acting acting, Answer answer) {
    List<Fault> faults = new ArrayList<>();
    Decision.Verdict verdict = Decision.Verdict.REJECT;
    if ("approve".equals(answer.decision())) {
      verdict = Decision.Verdict.APPROVE;
    } else if (!"reject".equals(answer.decision())) {
      faults.add(
          new Fault(
              "decision", "is '%s', expected approve or reject".formatted(answer.decision())));
    }
    String reason = answer.reason();
    if (reason == null || reason.isBlank()) {
      faults.add(new Fault("reason", "missing; say why, for those who ask later"));
    }
    String digest = answer.digest();
    if (digest == null || digest.isBlank()) {
      faults.add(
          new Fault(
              "digest",
              "missing; send the approval's digest, so that it is clear what was looked at"));
    }
    if (reason == null || digest == null || !faults.isEmpty()) {
      throw ProblemException.badRequest("The decision is incomplete: see errors.", faults);
    }
    return new NewDecision(approvalId, acting, verdict, reason, digest);
  }
}
