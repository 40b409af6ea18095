package dev.airlock.web.session;

import dev.airlock.store.Bearer;
import dev.airlock.store.People;
import dev.airlock.store.Person;
import dev.airlock.store.Session;
import dev.airlock.store.Store;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Proxies;
import dev.airlock.web.http.SentField;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.security.RouteRole;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every route: finds out who calls (a bearer token, or the cookie of a session), and
 * lets them pass if the route's {@link Permission} says so. A request that changes something and
 * rests on a cookie must carry the session's token too, so that no other site can send it in
 * somebody's name.
 */
public final class Guard {
  static final String CSRF_FIELD = "csrf";
  static final String CSRF_HEADER = "X-CSRF-Token";

  /** Sent by htmx. */
  private static final String SCRIPT_HEADER = "HX-Request";

  private static final String BEARER = "Bearer ";

  /** A longer one would not fit into the head of an answer. */
  private static final int LONGEST_WAY = 4_000;

  private static final Set<HandlerType> HARMLESS =
      Set.of(HandlerType.GET, HandlerType.HEAD, HandlerType.OPTIONS);

  /** What is open to those who must first choose a password of their own. */
  private static final Set<String> OPEN_TO_NEWCOMERS =
      Set.of("/settings", "/settings/password", "/sign-out");

  private final Supplier<Store> store;
  private final Duration idle;
  private final Duration vouched;
  private final RateLimits limits;

  /**
   * Lets nobody through yet.
   *
   * @param idle after how long without a request a session is over
   * @param vouched how long a provider's word for one of its people lasts: their tokens rest after
   *     it
   */
  public Guard(Supplier<Store> store, Duration idle, Duration vouched, RateLimits limits) {
    this.store = store;
    this.idle = idle;
    this.vouched = vouched;
    this.limits = limits;
  }

  /** Before each route that exists. */
  public void check(Context ctx) {
    if (isUncounted(ctx)) {
      return;
    }
    limits.admitAddress(ctx, Proxies.address(ctx));
    Permission wanted = wanted(ctx.routeRoles());
    if (wanted == Permission.ANYONE) {
      limits.admitStranger(ctx, Proxies.address(ctx));
      return;
    }
    Optional<Caller> caller = byToken(ctx).or(() -> bySession(ctx));
    if (caller.isEmpty()) {
      limits.admitStranger(ctx, Proxies.address(ctx));
      refuseStranger(ctx);
      return;
    }
    admit(ctx, caller.get(), wanted);
  }

  private void admit(Context ctx, Caller caller, Permission wanted) {
    caller.attach(ctx);
    limit(ctx, caller);
    if (!caller.may(wanted)) {
      RefusedRequests.keep(store, ctx, caller, wanted);
      throw ProblemException.forbidden(caller.hindrance(wanted));
    }
    try {
      Owners.check(store.get().ownership(), ctx, caller, wanted);
    } catch (ProblemException e) {
      RefusedRequests.keep(store, ctx, caller, "it belongs to others");
      throw e;
    }
  }

  private void limit(Context ctx, Caller caller) {
    String known =
        caller.token() == null ? "session " + caller.session() : caller.name() + caller.token();
    try {
      limits.admit(ctx, known);
    } catch (ProblemException e) {
      if (limits.isWorthTelling(known)) {
        RefusedRequests.keepFlood(store, ctx, caller);
      }
      throw e;
    }
  }

  /** What programs ask for all the time, and what every page needs besides itself. */
  private static boolean isUncounted(Context ctx) {
    return ctx.path().startsWith("/v2/")
        || ctx.path().startsWith("/assets/")
        || ctx.path().equals("/api/v1/health")
        || ctx.path().equals("/api/v1/ready");
  }

  private static Permission wanted(Set<RouteRole> roles) {
    return roles.stream()
        .filter(Permission.class::isInstance)
        .map(Permission.class::cast)
        .findFirst()
        .orElseThrow(() -> ProblemException.forbidden("This route is shut to everyone."));
  }

  private Optional<Caller> byToken(Context ctx) {
    String header = ctx.header("Authorization");
    if (header == null) {
      return Optional.empty();
    }
    if (!header.startsWith(BEARER)) {
      throw ProblemException.unauthorized(
          "The Authorization header must read 'Bearer TOKEN', with the token out of users/NAME.json.");
    }
    Optional<Bearer> bearer =
        store.get().people().bearer(header.substring(BEARER.length()).strip());
    if (bearer.isEmpty()) {
      limits.admitStranger(ctx, Proxies.address(ctx));
      throw ProblemException.unauthorized(
          "Nobody has this token: it is wrong, was revoked, or has expired.");
    }
    bearer.ifPresent(this::requireAwake);
    return bearer.map(
        found ->
            new Caller(
                new Person(found.person(), found.role()),
                "",
                found.tokenName(),
                found.scopes(),
                found.expiresAt(),
                0,
                found.tokenId()));
  }

  /** A token is worth no more than a sign-in of its owner would be. */
  private void requireAwake(Bearer bearer) {
    if (bearer.mustChange()) {
      throw ProblemException.forbidden(
          "Somebody else has set the password of %s: their tokens rest until they sign in and choose one of their own."
              .formatted(bearer.person()));
    }
    if (!bearer.isVouchedFor(vouched, Instant.now())) {
      throw ProblemException.forbidden(
          "The provider has not vouched for %s for %d days: their tokens rest until they sign in with it again."
              .formatted(bearer.person(), vouched.toDays()));
    }
  }

  private Optional<Caller> bySession(Context ctx) {
    String secret = SessionCookie.read(ctx);
    if (secret == null || secret.isEmpty()) {
      return Optional.empty();
    }
    People people = store.get().people();
    Optional<Session> session =
        isUse(ctx) ? people.session(secret, idle) : people.look(secret, idle);
    Optional<Caller> caller =
        session.map(
            found ->
                new Caller(
                    new Person(found.person(), found.role()),
                    found.csrfToken(),
                    null,
                    null,
                    null,
                    found.id(),
                    0));
    caller.ifPresent(found -> requireOwnForm(ctx, found));
    session.filter(Session::mustChange).ifPresent(found -> leadToPassword(ctx));
    return caller;
  }

  /** Pages ask anew and streams begin anew by themselves, whether or not anybody sits there. */
  private static boolean isUse(Context ctx) {
    return !(HARMLESS.contains(ctx.method()) && isByScript(ctx));
  }

  private static boolean isByScript(Context ctx) {
    String accepted = ctx.header("Accept");
    return ctx.header(SCRIPT_HEADER) != null
        || (accepted != null && accepted.contains("text/event-stream"));
  }

  private static void leadToPassword(Context ctx) {
    if (OPEN_TO_NEWCOMERS.contains(ctx.path())) {
      return;
    }
    if (ctx.path().startsWith("/api/") || !ctx.method().equals(HandlerType.GET)) {
      throw ProblemException.forbidden(
          "Somebody else has set your password: choose one of your own first, under Settings.");
    }
    ctx.redirect("/settings");
    ctx.skipRemainingHandlers();
  }

  private void requireOwnForm(Context ctx, Caller caller) {
    String sent = sentToken(ctx);
    if (ctx.isFormUrlencoded()) {
      SentField.areRead(ctx);
    }
    if (!HARMLESS.contains(ctx.method()) && !equal(caller.csrfToken(), sent)) {
      RefusedRequests.keep(store, ctx, caller, "the form does not carry the session's token");
      throw ProblemException.forbidden(
          "The form does not carry the token of your session: it was opened before you signed in, or did not come from Airlock. Reload the page and send it again.");
    }
  }

  private static @Nullable String sentToken(Context ctx) {
    String header = ctx.header(CSRF_HEADER);
    return header != null || !ctx.isFormUrlencoded() ? header : ctx.formParam(CSRF_FIELD);
  }

  /** In a time that says nothing about where they differ. */
  static boolean equal(String expected, @Nullable String sent) {
    return sent != null
        && MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8), sent.getBytes(StandardCharsets.UTF_8));
  }

  private static void refuseStranger(Context ctx) {
    // What is answered to a page's own script is swapped into the page: the script reloads at 401.
    // A stream that was led to the form would make the same form in another tab too old.
    boolean isProgram = ctx.path().startsWith("/api/") || isByScript(ctx);
    if (isProgram || !ctx.method().equals(HandlerType.GET)) {
      ctx.header("WWW-Authenticate", "Bearer");
      throw ProblemException.unauthorized("Sign in first, or send 'Authorization: Bearer TOKEN'.");
    }
    String query = ctx.queryString();
    String wanted = ctx.path() + (query == null ? "" : "?" + query);
    String then = URLEncoder.encode(wanted, StandardCharsets.UTF_8);
    ctx.redirect("/sign-in" + (then.length() > LONGEST_WAY ? "" : "?then=" + then));
    ctx.skipRemainingHandlers();
  }
}
