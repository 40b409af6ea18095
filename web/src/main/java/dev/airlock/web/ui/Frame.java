package dev.airlock.web.ui;

import dev.airlock.store.Store;
import dev.airlock.web.events.PageEvents;
import dev.airlock.web.events.SharedReads;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Problem;
import dev.airlock.web.http.Proxies;
import dev.airlock.web.http.Query;
import dev.airlock.web.http.SentField;
import dev.airlock.web.session.SignIn;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.HandlerType;
import io.javalin.http.SameSite;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all pages share: the rail, the theme, the word about the last action; and the two pages that
 * need nothing else.
 */
public final class Frame {
  private static final Logger LOG = LoggerFactory.getLogger(Frame.class);
  private static final int MOST_COUNTED = 99;
  private static final String DONE = "done";
  private static final String DONE_COOKIE = "airlock_done";
  private static final Pattern DONE_WORD = Pattern.compile("[?&]done=([a-z-]+)");
  private static final int SECONDS_TO_FOLLOW = 60;

  /** What to say after an action, by the word that its redirect carries. */
  private static final Map<String, String> NOTICES =
      Map.ofEntries(
          Map.entry("started", "The run is recorded and starts as soon as a worker is free."),
          Map.entry("cancelling", "Cancellation is recorded and takes effect shortly."),
          Map.entry("noted", "Noted."),
          Map.entry("password", "Your password is changed. Your other sessions have ended."),
          Map.entry("session-ended", "The session has ended."),
          Map.entry("token-revoked", "The token is revoked: it is refused from now on."),
          Map.entry("changed", "Changed."),
          Map.entry("proposed", "It is asked for. Another approver or admin confirms it."),
          Map.entry("settled", "Settled."),
          Map.entry("paused", "The schedule rests. Runs can still be started by hand."),
          Map.entry("resumed", "The schedule goes on."),
          Map.entry("counted", "Your decision counts."),
          Map.entry(
              "recorded",
              "Your decision is recorded and takes effect as soon as its run hears of it."),
          Map.entry(
              "by-link",
              "You came by the link that was sent to you. It is good for one vote, on the evidence below."),
          Map.entry(
              "link-old",
              "The evidence has changed since that link was sent: this is the approval as it is now."),
          Map.entry("link-used", "That link was used before: it was good for one vote."),
          Map.entry(
              "link-late", "That link comes too late: see below what became of the approval."),
          Map.entry("email", "Where you are written to is noted."),
          Map.entry("back", "All traffic is back."),
          Map.entry("going-back", "The way back is recorded and takes effect shortly."),
          Map.entry("steered", "Done: the rollout has taken it up."),
          Map.entry("wished", "Your wish is recorded and takes effect as soon as it is heard."),
          Map.entry("acknowledged", "It is in your hand. Others see that."),
          Map.entry("checking", "The check is recorded. What it finds stands here shortly."),
          Map.entry("resized", "The pool is set. What is held stays held."),
          Map.entry("unwatched", "The monitor rests. Checks can still be asked for by hand."),
          Map.entry("watched", "The monitor looks again by its schedule."),
          Map.entry("withdrawn", "Your vote is taken back. You may vote again."),
          Map.entry("signed", "The policy is signed. It votes on approvals that open from now on."),
          Map.entry(
              "policy-revoked",
              "The policy is revoked, and its votes on open approvals are taken back."),
          Map.entry("revoked", "The approval is revoked: it lets nothing pass any more."));

  private final Supplier<Store> store;
  private final Assets assets;
  private final Templates templates = new Templates();
  private final boolean inMemory;
  private final SharedReads<String, Long> counts;
  private final FormPages formPages;

  /** The page that a form belongs to which stands at, or goes to, a path. */
  @FunctionalInterface
  public interface FormPages {

    /** A path that a browser can ask for; null where there is none. */
    @Nullable String of(String path);
  }

  /**
   * Knows what stands on every page.
   *
   * @param inMemory whether Temporal keeps its runs in memory only
   * @param formPages finds the way back to a form that is refused
   */
  public Frame(
      Supplier<Store> store,
      Assets assets,
      boolean inMemory,
      PageEvents events,
      FormPages formPages) {
    this.formPages = formPages;
    this.counts = new SharedReads<>(events);
    this.store = store;
    this.assets = assets;
    this.inMemory = inMemory;
  }

  /**
   * A problem, as a page.
   *
   * @param sent what the form held that was refused
   * @param form the page that it belongs to; null for what was no form, and where none is known
   */
  public record ProblemPage(
      Chrome chrome, Problem problem, List<SentField> sent, @Nullable String form) {}

  /** The form to sign in, as a page. */
  public record SignInPage(Chrome chrome, SignIn.Form form) {}

  Chrome chrome(Context ctx, String title, String section, Chrome.Crumb... crumbs) {
    Caller caller = Caller.find(ctx);
    return new Chrome(
        title,
        section,
        List.of(crumbs),
        theme(ctx),
        assets.links(),
        caller == null ? "" : caller.name(),
        caller == null ? "" : caller.person().role().word(),
        caller == null ? "" : caller.csrfToken(),
        caller == null ? 0 : counts.get(ctx, "approvals", this::openApprovals, "approvals"),
        caller == null ? 0 : counts.get(ctx, "alerts", this::openAlerts, "alerts"),
        inMemory,
        notice(ctx),
        new Chrome.Live(self(ctx), PageEvents.readAt(ctx), null, null));
  }

  /**
   * Without the word about the last action, which is said once; empty for what no link leads to.
   */
  private static String self(Context ctx) {
    if (!ctx.method().equals(HandlerType.GET)) {
      return "";
    }
    String query =
        ctx.queryParamMap().entrySet().stream()
            .filter(parameter -> !parameter.getKey().equals(DONE))
            .flatMap(
                parameter ->
                    parameter.getValue().stream()
                        .map(
                            value ->
                                Words.inQuery(parameter.getKey()) + "=" + Words.inQuery(value)))
            .collect(Collectors.joining("&"));
    return ctx.path() + (query.isEmpty() ? "" : "?" + query);
  }

  private static String theme(Context ctx) {
    String theme = ctx.cookie("airlock_theme");
    return "dark".equals(theme) || "light".equals(theme) ? theme : "";
  }

  /**
   * What was just done, once. The address alone proves nothing: a link that somebody sends could
   * claim that a vote counts. So the redirect that follows an act leaves the word in a cookie, too.
   */
  private static @Nullable String notice(Context ctx) {
    String word = Query.text(ctx, DONE);
    if (word == null || !word.equals(ctx.cookie(DONE_COOKIE))) {
      return null;
    }
    keep(ctx, "", 0);
    return NOTICES.get(word);
  }

  /** Notes, after a request, what its redirect says of the act. */
  public void noteDone(Context ctx) {
    String to = ctx.res().getHeader("Location");
    Matcher word = to == null ? null : DONE_WORD.matcher(to);
    if (word != null && word.find()) {
      keep(ctx, word.group(1), SECONDS_TO_FOLLOW);
    }
  }

  private static void keep(Context ctx, String word, int seconds) {
    boolean isOverTls = Proxies.isOverTls(ctx);
    ctx.cookie(new Cookie(DONE_COOKIE, word, "/", seconds, isOverTls, true, null, SameSite.LAX));
  }

  private long openApprovals() {
    try {
      return store.get().approvals().countOpen(MOST_COUNTED);
    } catch (RuntimeException e) {
      LOG.debug("Open approvals can't be counted", e);
      return 0;
    }
  }

  private long openAlerts() {
    try {
      return store.get().alerts().countOpen(MOST_COUNTED);
    } catch (RuntimeException e) {
      LOG.debug("Open alerts can't be counted", e);
      return 0;
    }
  }

  void render(Context ctx, String template, Object page) {
    templates.render(ctx, template, page);
  }

  /** Shows a problem. */
  public void problem(Context ctx, Problem problem) {
    Chrome chrome = chrome(ctx, problem.title(), "", Chrome.Crumb.here(problem.title())).still();
    List<SentField> sent = SentField.of(ctx);
    render(
        ctx,
        "problem",
        new ProblemPage(
            chrome, problem, sent, ctx.method().equals(HandlerType.POST) ? formPage(ctx) : null));
  }

  /**
   * Where the form stood, as it was asked for; or, where it stood on the answer to another form or
   * the browser does not say, the page that such forms belong to.
   */
  private @Nullable String formPage(Context ctx) {
    String sentTo = formPages.of(ctx.path());
    URI from = cameFrom(ctx);
    String stoodOn = from == null ? null : formPages.of(from.getRawPath());
    if (from == null || stoodOn == null || isBelow(stoodOn, sentTo)) {
      return sentTo;
    }
    boolean isAsAsked = stoodOn.equals(from.getRawPath()) && from.getRawQuery() != null;
    return isAsAsked ? stoodOn + "?" + from.getRawQuery() : stoodOn;
  }

  /** Such as a person's own page below that of all people, whose form makes and then shows one. */
  private static boolean isBelow(String page, @Nullable String other) {
    return other != null && other.startsWith(page + "/");
  }

  /** The address of ours that led here. */
  private static @Nullable URI cameFrom(Context ctx) {
    String referer = ctx.header("Referer");
    if (referer == null) {
      return null;
    }
    try {
      URI page = new URI(referer);
      String path = page.getRawPath();
      boolean isOurs =
          String.valueOf(page.getRawAuthority()).equals(ctx.host())
              && path != null
              && path.startsWith("/")
              && !path.startsWith("//");
      return isOurs ? page : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** Shows the form to sign in. */
  public void signIn(Context ctx, SignIn.Form form) {
    render(ctx, "sign-in", new SignInPage(chrome(ctx, "Sign in", "").still(), form));
  }
}
