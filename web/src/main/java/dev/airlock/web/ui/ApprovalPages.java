package dev.airlock.web.ui;

import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Approval;
import dev.airlock.store.Approvals;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Decision;
import dev.airlock.store.EvidenceRevision;
import dev.airlock.store.GateOutcome;
import dev.airlock.store.NewDecision;
import dev.airlock.store.Page;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.Beside;
import dev.airlock.web.api.Decisions;
import dev.airlock.web.api.GateAnswers;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Questions to people: the list, and one with its evidence and the form that decides it. */
public final class ApprovalPages {
  private static final int PER_PAGE = 30;
  private static final String OWN =
      "You asked for this run yourself, so somebody else must decide: four eyes, not two.";

  private static final String BEHIND_IT =
      "You count as having asked for this run, by a run or a pipeline behind it, so somebody else must decide.";

  private static final String BY_ANOTHER_ACCOUNT =
      "%s asked for this run, by an account that you made or whose password you set last: somebody else must decide.";

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;
  private final Decisions decisions;
  private final ApprovalLinks links;
  private final Frame frame;

  public ApprovalPages(
      Supplier<Store> store,
      ArtifactStore artifacts,
      Decisions decisions,
      ApprovalLinks links,
      Frame frame) {
    this.store = store;
    this.artifacts = artifacts;
    this.decisions = decisions;
    this.links = links;
    this.frame = frame;
  }

  /** The list. */
  public record ApprovalsPage(
      Chrome chrome,
      List<RunPages.RunsPage.Filter> filters,
      List<Row> rows,
      @Nullable String moreLink) {
    /** A question. */
    public record Row(
        long id,
        String title,
        String state,
        String askedBy,
        String askedOf,
        String ago,
        Instant at,
        Timed when,
        long run,
        String because) {}
  }

  /** {@code GET /approvals}. */
  public void list(Context ctx) {
    String word = Query.text(ctx, "state");
    ApprovalStanding.State state =
        Arrays.stream(ApprovalStanding.State.values())
            .filter(candidate -> word(candidate).equals(word))
            .findFirst()
            .orElse(null);
    Page<Approval> page = store.get().approvals().list(state, PER_PAGE, Query.text(ctx, "cursor"));
    Instant now = Instant.now();
    frame.render(
        ctx,
        "approvals",
        new ApprovalsPage(
            frame
                .chrome(ctx, "Approvals", "approvals", Crumb.here("Approvals"))
                .following("approvals"),
            filters(state),
            page.items().stream().map(approval -> row(approval, now)).toList(),
            page.next() == null
                ? null
                : "/approvals?cursor=%s%s"
                    .formatted(page.next(), state == null ? "" : "&state=" + word(state))));
  }

  /** How it stands: what it came to, or that this was taken back. */
  static String standing(Approval approval) {
    return approval.revokedAt() == null ? word(approval.state()) : "revoked";
  }

  static String word(ApprovalStanding.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static List<RunPages.RunsPage.Filter> filters(ApprovalStanding.@Nullable State chosen) {
    List<RunPages.RunsPage.Filter> filters = new ArrayList<>();
    filters.add(new RunPages.RunsPage.Filter("all", "/approvals", chosen == null ? "true" : null));
    for (ApprovalStanding.State state : ApprovalStanding.State.values()) {
      filters.add(
          new RunPages.RunsPage.Filter(
              word(state), "/approvals?state=" + word(state), state == chosen ? "true" : null));
    }
    return filters;
  }

  private static ApprovalsPage.Row row(Approval approval, Instant now) {
    Instant closed = approval.closedAt();
    return new ApprovalsPage.Row(
        approval.id(),
        "%s v%d".formatted(approval.model(), approval.version()),
        standing(approval),
        approval.requestedBy(),
        approval.everyoneAsked(),
        Words.ago(approval.openedAt(), now),
        approval.openedAt(),
        closed == null
            ? Timed.until("expires ", approval.expiresAt(), now, "")
            : Timed.ago("closed ", closed, now, ""),
        approval.runId(),
        approval.because());
  }

  /** {@code GET /approvals/{id}}. */
  public void show(Context ctx) {
    show(ctx, find(Query.id(ctx, "approval")), "", null);
  }

  private void show(Context ctx, Approval approval, String reason, @Nullable String problem) {
    Caller caller = Caller.of(ctx);
    Approvals approvals = store.get().approvals();
    List<Decision> votes = approvals.decisions(approval.id());
    Instant now = Instant.now();
    Evidence evidence =
        Json.read(
            new String(artifacts.get(approval.evidenceDigest()), StandardCharsets.UTF_8),
            Evidence.class);
    String title = "%s v%d".formatted(approval.model(), approval.version());
    Chrome chrome =
        frame
            .chrome(
                ctx, title, "approvals", new Crumb("Approvals", "/approvals"), Crumb.here(title))
            .following("approvals", "run:" + approval.runId());
    frame.render(
        ctx,
        "approval",
        new ApprovalPicture(
                approval,
                evidence,
                votes,
                standing(approval, evidence, caller),
                canary(approval),
                now)
            .page(
                chrome,
                CodeChange.of(store.get(), evidence).orElse(null),
                hindrance(approvals, approval, caller),
                reason,
                problem,
                revoking(approvals, approval, caller)));
  }

  private ApprovalPicture.Standing standing(Approval approval, Evidence evidence, Caller caller) {
    Store open = store.get();
    Approvals approvals = open.approvals();
    List<EvidenceRevision> revisions = approvals.revisions(approval.id());
    Beside beside = Beside.of(open, artifacts, approval.model(), approval.version(), evidence);
    List<Long> standing = approvals.standingVotes(approval.id());
    return new ApprovalPicture.Standing(
        standing,
        approvals.fallenVotes(approval.id()),
        caller.name(),
        GateView.of(approvals, approval, standing.size(), Instant.now()),
        AskedBy.of(open, approval),
        Anew.of(open, caller, approval, beside),
        revisions.get(revisions.size() - 1).champion(),
        beside);
  }

  /** How the stage that deploys what is approved here lets it take over. */
  private @Nullable CanarySpec canary(Approval approval) {
    Store open = store.get();
    Graph graph =
        open.runs()
            .find(approval.runId())
            .flatMap(run -> open.pipelines().version(run.pipeline(), run.version()))
            .map(PipelineVersion::graph)
            .orElse(null);
    if (graph == null) {
      return null;
    }
    for (StageSpec stage : graph.stages()) {
      if (stage.work() instanceof Work.Deploy deploy && stage.inputs().contains(approval.stage())) {
        return deploy.canary();
      }
    }
    return null;
  }

  /** What follows where the viewer takes the approval back, or null where they can't. */
  private @Nullable String revoking(Approvals approvals, Approval approval, Caller caller) {
    boolean isInForce =
        approval.state() == ApprovalStanding.State.APPROVED && approval.revokedAt() == null;
    boolean isEntitled =
        caller.may(Permission.DECIDE)
            && (approvals.isAskedFor(approval.id(), caller.name())
                || approvals.isEntitled(caller.name(), "admin"));
    if (!isInForce || !isEntitled) {
      return null;
    }
    boolean isLive =
        store
            .get()
            .models()
            .live(approval.model())
            .filter(live -> live.version() == approval.version())
            .isPresent();
    String title = "%s v%d".formatted(approval.model(), approval.version());
    return isLive
        ? "%s stays live, but nothing goes to it any more once it was replaced.".formatted(title)
        : "%s can't go live, and is no way back. A rollout of it that is under way goes back at its next step."
            .formatted(title);
  }

  /** {@code POST /approvals/{id}/revoke}, from a form. */
  public void revoke(Context ctx) {
    Approval approval = find(Query.id(ctx, "approval"));
    String reason = text(ctx, "reason").strip();
    GateOutcome outcome =
        store.get().approvals().revoke(approval.id(), Caller.of(ctx).acting(ctx), reason);
    String problem =
        outcome instanceof GateOutcome.Invalid invalid
            ? invalid.reason()
            : outcome instanceof GateOutcome.Conflict conflict
                ? conflict.reason()
                : outcome instanceof GateOutcome.Forbidden forbidden ? forbidden.reason() : null;
    if (problem == null) {
      ctx.redirect("/approvals/%d?done=revoked".formatted(approval.id()), HttpStatus.SEE_OTHER);
      return;
    }
    HttpStatus status =
        outcome instanceof GateOutcome.Invalid
            ? HttpStatus.BAD_REQUEST
            : outcome instanceof GateOutcome.Conflict ? HttpStatus.CONFLICT : HttpStatus.FORBIDDEN;
    show(ctx.status(status), approval, reason, problem);
  }

  private Approval find(long id) {
    return store
        .get()
        .approvals()
        .find(id)
        .orElseThrow(() -> new UnknownEntityException("There is no approval " + id + "."));
  }

  /** Why the viewer can't decide, or null where they can. */
  private static @Nullable String hindrance(Approvals approvals, Approval approval, Caller caller) {
    if (approval.state() != ApprovalStanding.State.OPEN) {
      return "This was decided; nothing is left to do here.";
    }
    String name = caller.name();
    if (!caller.may(Permission.DECIDE) || !approvals.isAskedFor(approval.id(), name)) {
      return approval.requestedBy().equals(name)
          ? OWN
          : "This is for %s to decide; you are signed in as %s (%s)."
              .formatted(approval.everyoneAsked(), name, caller.person().role().word());
    }
    String askedAs = approvals.askedAs(approval.id(), name).orElse(null);
    if (askedAs != null) {
      return askedAs.equals(approval.requestedBy()) && askedAs.equals(name)
          ? OWN
          : askedAs.equals(name) ? BEHIND_IT : BY_ANOTHER_ACCOUNT.formatted(askedAs);
    }
    String objection =
        approvals
            .fileObjection(approval.id(), name)
            .or(() -> approvals.vouchingObjection(approval.id(), name))
            .orElse(null);
    if (objection != null) {
      return objection;
    }
    return approvals.hindrance(approval, name).isPresent()
        ? "You have decided. The others' votes are still to come."
        : null;
  }

  /** {@code POST /approvals/{id}/decisions}, from a form. */
  public void decide(Context ctx) {
    Approval approval = find(Query.id(ctx, "approval"));
    String reason = text(ctx, "reason");
    String wish = text(ctx, "decision");
    if (!wish.equals("approve") && !wish.equals("reject")) {
      show(
          ctx.status(HttpStatus.BAD_REQUEST),
          approval,
          reason,
          "Approve or reject: it was neither, so nothing was decided.");
      return;
    }
    Decision.Verdict verdict =
        wish.equals("approve") ? Decision.Verdict.APPROVE : Decision.Verdict.REJECT;
    if (reason.isBlank()) {
      show(ctx.status(HttpStatus.BAD_REQUEST), approval, "", "Say why, for those who ask later.");
      return;
    }
    try {
      Decision decision =
          vote(
              ctx,
              new NewDecision(
                  approval.id(), Caller.of(ctx).acting(ctx), verdict, reason, text(ctx, "digest")));
      ctx.redirect(
          "/approvals/%d?done=%s"
              .formatted(approval.id(), decision.outcome() == null ? "recorded" : "counted"),
          HttpStatus.SEE_OTHER);
    } catch (ProblemException e) {
      show(ctx.status(e.problem().status()), find(approval.id()), reason, e.problem().detail());
    }
  }

  /** {@code POST /approvals/{id}/decisions/{decision}/withdraw}, from a form. */
  public void withdraw(Context ctx) {
    Approval approval = find(Query.id(ctx, "approval"));
    long decision = Query.number("The decision", ctx.pathParam("decision"));
    try {
      GateAnswers.recorded(
          store
              .get()
              .approvals()
              .withdrawVote(
                  approval.id(), decision, Caller.of(ctx).acting(ctx), text(ctx, "reason")));
      ctx.redirect("/approvals/%d?done=withdrawn".formatted(approval.id()), HttpStatus.SEE_OTHER);
    } catch (ProblemException e) {
      show(ctx.status(e.problem().status()), find(approval.id()), "", e.problem().detail());
    }
  }

  private Decision vote(Context ctx, NewDecision wish) {
    return links
        .carried(ctx, wish.approvalId(), wish.digest())
        .map(link -> decisions.decideBy(link, ApprovalLinks.byLink(wish)))
        .orElseGet(() -> decisions.decide(wish));
  }

  private static String text(Context ctx, String name) {
    String text = ctx.formParam(name);
    return text == null ? "" : text;
  }
}
