package dev.airlock.web.session;

import dev.airlock.web.http.Proxies;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of this site. No script reads them and no other site sends them. Over TLS they bear
 * the prefix by which browsers refuse them from anybody but this very host.
 */
final class SessionCookie {
  private static final String SESSION = "airlock_session";

  private SessionCookie() {}

  private static String name(Context ctx, String name) {
    return Proxies.isOverTls(ctx) ? "__Host-" + name : name;
  }

  /** The secret of the session that the browser names. */
  static @Nullable String read(Context ctx) {
    return read(ctx, SESSION);
  }

  static @Nullable String read(Context ctx, String name) {
    return ctx.cookie(name(ctx, name));
  }

  static void write(Context ctx, String secret, Duration age) {
    write(ctx, SESSION, secret, age);
  }

  static void write(Context ctx, String name, String value, Duration age) {
    ctx.cookie(
        new Cookie(
            name(ctx, name),
            value,
            "/",
            (int) age.toSeconds(),
            Proxies.isOverTls(ctx),
            true,
            null,
            SameSite.LAX));
  }

  static void forget(Context ctx) {
    forget(ctx, SESSION);
  }

  static void forget(Context ctx, String name) {
    write(ctx, name, "", Duration.ZERO);
  }
}
