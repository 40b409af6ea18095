package dev.airlock.web.session;

import dev.airlock.store.Person;
import dev.airlock.store.Session;
import dev.airlock.store.Store;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.HandlerType;
import io.javalin.http.SameSite;
import io.javalin.security.RouteRole;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
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
  static final String COOKIE = "airlock_session";
  static final String CSRF_FIELD = "csrf";
  static final String CSRF_HEADER = "X-CSRF-Token";
  private static final String BEARER = "Bearer ";
  private static final Set<HandlerType> HARMLESS =
      Set.of(HandlerType.GET, HandlerType.HEAD, HandlerType.OPTIONS);

  private final Supplier<Store> store;

  public Guard(Supplier<Store> store) {
    this.store = store;
  }

  /** Before each route that exists. */
  public void check(Context ctx) {
    Permission wanted = wanted(ctx.routeRoles());
    if (wanted == Permission.ANYONE) {
      return;
    }
    Optional<Caller> caller = byToken(ctx).or(() -> bySession(ctx));
    if (caller.isEmpty()) {
      refuseStranger(ctx);
      return;
    }
    caller.get().attach(ctx);
    if (!caller.get().may(wanted)) {
      RefusedRequests.keep(store, ctx, caller.get(), wanted);
      throw ProblemException.forbidden(
          "%s is %s; this takes %s."
              .formatted(
                  caller.get().name(), caller.get().person().role().word(), wanted.wanted()));
    }
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
    Person person =
        store
            .get()
            .people()
            .byToken(header.substring(BEARER.length()).strip())
            .orElseThrow(() -> ProblemException.unauthorized("Nobody has this token."));
    return Optional.of(new Caller(person, ""));
  }

  private Optional<Caller> bySession(Context ctx) {
    String secret = ctx.cookie(COOKIE);
    if (secret == null || secret.isEmpty()) {
      return Optional.empty();
    }
    Optional<Session> session = store.get().people().session(secret);
    session.ifPresent(found -> requireOwnForm(ctx, found.csrfToken()));
    return session.map(
        found -> new Caller(new Person(found.person(), found.role()), found.csrfToken()));
  }

  private static void requireOwnForm(Context ctx, String token) {
    if (!HARMLESS.contains(ctx.method()) && !equal(token, sentToken(ctx))) {
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
    boolean isProgram = ctx.path().startsWith("/api/");
    if (isProgram || !ctx.method().equals(HandlerType.GET)) {
      ctx.header("WWW-Authenticate", "Bearer");
      throw ProblemException.unauthorized("Sign in first, or send 'Authorization: Bearer TOKEN'.");
    }
    String query = ctx.queryString();
    String wanted = ctx.path() + (query == null ? "" : "?" + query);
    ctx.redirect("/sign-in?then=" + URLEncoder.encode(wanted, StandardCharsets.UTF_8));
    ctx.skipRemainingHandlers();
  }

  static Cookie cookie(Context ctx, String name, String value, Duration age) {
    boolean overTls =
        ctx.scheme().equals("https") || "https".equals(ctx.header("X-Forwarded-Proto"));
    return new Cookie(name, value, "/", (int) age.toSeconds(), overTls, true, null, SameSite.LAX);
  }
}
