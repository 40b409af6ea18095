package dev.airlock.web.ui;

import dev.airlock.store.Acting;
import dev.airlock.store.Approval;
import dev.airlock.store.ApprovalLink;
import dev.airlock.store.AuditAction;
import dev.airlock.store.LinkKey;
import dev.airlock.store.Messages;
import dev.airlock.store.NewDecision;
import dev.airlock.store.Origin;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Proxies;
import dev.airlock.web.http.Query;
import dev.airlock.workflows.ApprovalStanding.State;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.HttpStatus;
import io.javalin.http.SameSite;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Links out of mails. Opening one changes nothing: it leads to the approval, whose form then votes
 * by it, once. The browser carries it in a cookie that only that approval's pages get.
 */
public final class ApprovalLinks {
  private static final String COOKIE = "airlock_link";
  private static final Duration CARRIED = Duration.ofMinutes(10);

  private final Supplier<Store> store;
  private final Supplier<LinkKey> key;

  /**
   * Knows where links are kept.
   *
   * @param key asked for each time, so that a changed one needs no restart
   */
  public ApprovalLinks(Supplier<Store> store, Supplier<LinkKey> key) {
    this.store = store;
    this.key = key;
  }

  /** {@code GET /approvals/{id}/by-link/{token}}. */
  public void open(Context ctx) {
    long id = Query.id(ctx, "approval");
    String token = ctx.pathParam("token");
    ApprovalLink link =
        genuine(id, token)
            .orElseThrow(
                () ->
                    new UnknownEntityException(
                        "This is no link that was sent for approval %d. If it came in a mail, copy the whole of it; the approval itself is at /approvals/%d."
                            .formatted(id, id)));
    requireReader(ctx, link);
    Approval approval = store.get().approvals().find(id).orElseThrow();
    String notice = notice(link, approval);
    if (notice.equals("by-link")) {
      ctx.cookie(
          new Cookie(
              COOKIE,
              token,
              path(id),
              (int) CARRIED.toSeconds(),
              Proxies.isOverTls(ctx),
              true,
              null,
              SameSite.LAX));
    }
    ctx.redirect(path(id) + "?done=" + notice, HttpStatus.SEE_OTHER);
  }

  private void requireReader(Context ctx, ApprovalLink link) {
    Caller caller = Caller.of(ctx);
    if (link.person().equals(caller.name())) {
      return;
    }
    String refusal =
        "This link was sent to somebody else, and is theirs alone; you are signed in as %s."
            .formatted(caller.name());
    store
        .get()
        .audit()
        .record(
            byLink(caller.acting(ctx))
                .did(AuditAction.REFUSE_REQUEST, "approval", link.approvalId())
                .after(refusal));
    throw ProblemException.forbidden(refusal);
  }

  private static String notice(ApprovalLink link, Approval approval) {
    if (approval.state() != State.OPEN) {
      return "link-late";
    }
    if (link.usedAt() != null) {
      return "link-used";
    }
    return link.digest().equals(approval.digest()) ? "by-link" : "link-old";
  }

  /**
   * The link by which the sender of a form came to it; empty where they came otherwise, or have
   * seen other evidence than the link is for.
   */
  Optional<ApprovalLink> carried(Context ctx, long approvalId, String digest) {
    return Optional.ofNullable(ctx.cookie(COOKIE))
        .flatMap(token -> genuine(approvalId, token))
        .filter(link -> link.person().equals(Caller.of(ctx).name()))
        .filter(link -> link.digest().equals(digest) && link.usedAt() == null);
  }

  /** The same wish, as one that came by a link. */
  static NewDecision byLink(NewDecision wish) {
    return new NewDecision(
        wish.approvalId(), byLink(wish.acting()), wish.verdict(), wish.reason(), wish.digest());
  }

  private static Acting byLink(Acting acting) {
    Origin from = acting.origin();
    return new Acting(
        acting.actor(),
        new Origin(Origin.Channel.LINK, from.address(), from.token(), from.requestId()));
  }

  private Optional<ApprovalLink> genuine(long approvalId, String token) {
    Messages messages = store.get().messages();
    return LinkKey.id(token).stream()
        .boxed()
        .findFirst()
        .flatMap(messages::link)
        .filter(link -> link.approvalId() == approvalId && key.get().isOf(link, token));
  }

  private static String path(long approvalId) {
    return "/approvals/" + approvalId;
  }
}
