package dev.airlock.web.http;

import dev.airlock.store.Acting;
import dev.airlock.store.Person;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who sent the request.
 *
 * @param csrfToken what a form of theirs must carry; empty where they came with a bearer token
 * @param token the name of that token; null where they came with a session
 * @param scopes what the token is good for, as words of {@link Permission}; null for all that the
 *     person may
 * @param until when that token ends; null for never, or where they came with a session
 * @param session the number of their session; 0 where they came with a token
 * @param tokenId the number of that token; 0 where they came with a session
 */
public record Caller(
    Person person,
    String csrfToken,
    @Nullable String token,
    @Nullable List<String> scopes,
    @Nullable Instant until,
    long session,
    long tokenId) {
  public Caller {
    scopes = scopes == null ? null : List.copyOf(scopes);
  }

  private static final String ATTRIBUTE = "airlock.caller";

  public String name() {
    return person.name();
  }

  /** Whether they may do this. */
  public boolean may(Permission permission) {
    return permission.isOf(person.role()) && (scopes == null || scopes.contains(permission.word()));
  }

  /** Why they may not do this. */
  public String hindrance(Permission permission) {
    return permission.isOf(person.role())
        ? "The token '%s' of %s is good for %s; this takes %s."
            .formatted(
                token, name(), scopes == null ? "" : String.join(", ", scopes), permission.word())
        : "%s is %s; this takes %s.".formatted(name(), person.role().word(), permission.wanted());
  }

  /** Notes who sent the request. */
  public void attach(Context ctx) {
    ctx.attribute(ATTRIBUTE, this);
  }

  /** Whoever sent the request, or null where nobody has signed in. */
  public static @Nullable Caller find(Context ctx) {
    return ctx.attribute(ATTRIBUTE);
  }

  /** Whoever sent the request to a route that only those who have signed in can reach. */
  public static Caller of(Context ctx) {
    Caller caller = find(ctx);
    if (caller == null) {
      throw ProblemException.unauthorized("Sign in first.");
    }
    return caller;
  }

  /** Them, from where this request comes: for whatever the store changes in their name. */
  public Acting acting(Context ctx) {
    return new Acting(name(), csrfToken.isEmpty() ? Peer.api(ctx, token) : Peer.web(ctx));
  }
}
