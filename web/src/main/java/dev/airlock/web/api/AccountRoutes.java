package dev.airlock.web.api;

import dev.airlock.store.Membership;
import dev.airlock.store.OpenSession;
import dev.airlock.store.Page;
import dev.airlock.store.Profile;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.web.session.AccessConfig;
import dev.airlock.web.session.SignIn;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One's own account: the password, the sessions, the tokens. */
public final class AccountRoutes {
  private static final int SHORTEST_PASSWORD = 12;
  private static final int LONGEST_PASSWORD = 200;
  private static final int LONGEST_NAME = 80;
  private static final int MOST_DAYS = 3_650;
  private static final Pattern EMAIL =
      Pattern.compile("[^\\s\\p{Cntrl}@<>,;]{1,64}@[^\\s\\p{Cntrl}@<>,;]{1,189}");

  private final Supplier<Store> store;
  private final SignIn signIn;
  private final Duration idle;

  public AccountRoutes(Supplier<Store> store, SignIn signIn, AccessConfig config) {
    this.store = store;
    this.signIn = signIn;
    this.idle = config.idle();
  }

  private record PasswordWish(
      @Nullable String current, @Nullable String password, @Nullable Boolean endTokens) {
    @Override
    public String toString() {
      return "PasswordWish[]";
    }
  }

  /** Where one is written to; null for no mail. */
  private record Email(@Nullable String email) {}

  /**
   * What a token shall be.
   *
   * @param name as its owner calls it
   * @param scopes words of permissions; null or empty for all that the owner may
   * @param expiresInDays null for never
   */
  public record TokenWish(
      @Nullable String name, @Nullable List<String> scopes, @Nullable Integer expiresInDays) {}

  /**
   * A token that has just been made; the secret is told once.
   *
   * @param expiresAt null for never
   */
  public record MadeToken(long id, String name, String token, @Nullable Instant expiresAt) {
    @Override
    public String toString() {
      return "MadeToken[" + id + "]";
    }
  }

  /** {@code GET /account}. */
  public void show(Context ctx) {
    ctx.json(profile(store.get(), Caller.of(ctx).name()));
  }

  static Profile profile(Store store, String name) {
    return store
        .membership()
        .find(name)
        .orElseThrow(() -> new UnknownEntityException("There is no person '%s'.".formatted(name)));
  }

  /** {@code POST /account/password}. All sessions end. */
  public void changePassword(Context ctx) {
    PasswordWish wish = Body.read(ctx, PasswordWish.class);
    changePassword(
        ctx,
        Objects.requireNonNullElse(wish.current(), ""),
        Objects.requireNonNullElse(wish.password(), ""),
        Boolean.TRUE.equals(wish.endTokens()));
    ctx.status(HttpStatus.NO_CONTENT);
  }

  /**
   * Gives the caller another password, after a look at the one that they have.
   *
   * @param endsTokens whether all their tokens end as well
   * @throws ProblemException 400 where it won't do, 403 where the old one is wrong
   */
  public void changePassword(Context ctx, String current, String password, boolean endsTokens) {
    Caller caller = Caller.of(ctx);
    requireWholeToken(caller);
    requireStrong(password, caller.name());
    if (!signIn.isOwn(ctx, caller.name(), current)) {
      throw ProblemException.forbidden("The password that you have is not the one that you sent.");
    }
    if (password.equals(current)) {
      throw ProblemException.badRequest("This is the password that you have: choose another.");
    }
    store.get().membership().changeOwnPassword(password, endsTokens, caller.acting(ctx));
  }

  /** A token that is good for a few things must not open the way to all. */
  private static void requireWholeToken(Caller caller) {
    if (caller.scopes() != null) {
      throw ProblemException.forbidden(
          "A token with scopes can't do this: sign in, or use a token that may do all that you may.");
    }
  }

  private static void requireStrong(String password, String name) {
    if (password.length() < SHORTEST_PASSWORD
        || password.length() > LONGEST_PASSWORD
        || password.contains(name)) {
      throw ProblemException.badRequest(
          "A password takes %d to %d characters and does not hold your name. A few words that don't belong together are good."
              .formatted(SHORTEST_PASSWORD, LONGEST_PASSWORD),
          List.of(new Fault("password", "expected at least " + SHORTEST_PASSWORD + " characters")));
    }
  }

  /** {@code GET /account/sessions}. */
  public void sessions(Context ctx) {
    ctx.json(sessions(Caller.of(ctx).name(), Limits.of(ctx), Query.text(ctx, "cursor")));
  }

  /** A part of the person's open sessions, the newest first. */
  public Page<OpenSession> sessions(String person, int limit, @Nullable String cursor) {
    return store.get().people().sessions(person, idle, limit, cursor);
  }

  /** {@code DELETE /account/sessions/{id}}. */
  public void endSession(Context ctx) {
    endSession(ctx, Query.id(ctx, "session"));
    ctx.status(HttpStatus.NO_CONTENT);
  }

  /**
   * Ends one of the caller's sessions.
   *
   * @throws UnknownEntityException where they have none of this number
   */
  public void endSession(Context ctx, long id) {
    if (!store.get().people().endSession(id, Caller.of(ctx).acting(ctx))) {
      throw new UnknownEntityException("You have no session %d.".formatted(id));
    }
  }

  /** {@code DELETE /account/sessions}: sign out everywhere. */
  public void endSessions(Context ctx) {
    ctx.json(Map.of("ended", endAllSessions(ctx)));
  }

  /** Ends all of the caller's sessions; answers how many. */
  public int endAllSessions(Context ctx) {
    return store.get().people().endSessions(Caller.of(ctx).acting(ctx));
  }

  /** {@code GET /account/email}. */
  public void email(Context ctx) {
    ctx.json(new Email(store.get().messages().email(Caller.of(ctx).name()).orElse(null)));
  }

  /** {@code PUT /account/email}. */
  public void changeEmail(Context ctx) {
    changeEmail(ctx, Objects.requireNonNullElse(Body.read(ctx, Email.class).email(), ""));
    email(ctx);
  }

  /**
   * Has the caller written to at another address; an empty one is for no mail.
   *
   * @throws ProblemException 400 where it is no address
   */
  public void changeEmail(Context ctx, String wish) {
    String address = wish.strip();
    if (!address.isEmpty() && !EMAIL.matcher(address).matches()) {
      throw ProblemException.badRequest(
          "'%s' is no e-mail address: expected one such as ada@example.org, or nothing for no mail."
              .formatted(address),
          List.of(new Fault("email", "expected an address such as ada@example.org")));
    }
    store.get().messages().setEmail(address.isEmpty() ? null : address, Caller.of(ctx).acting(ctx));
  }

  /** {@code GET /tokens}: one's own; an admin may ask for those of all people. */
  public void tokens(Context ctx) {
    Caller caller = Caller.of(ctx);
    boolean all = "all".equals(Query.text(ctx, "of"));
    if (all && !caller.may(Permission.MANAGE_PEOPLE)) {
      throw ProblemException.forbidden(caller.hindrance(Permission.MANAGE_PEOPLE));
    }
    ctx.json(
        store
            .get()
            .membership()
            .tokens(all ? null : caller.name(), Query.text(ctx, "cursor"), Limits.of(ctx)));
  }

  /** {@code POST /tokens}. The secret is in the answer, and nowhere else. */
  public void createToken(Context ctx) {
    ctx.status(HttpStatus.CREATED).json(create(ctx, Body.read(ctx, TokenWish.class)));
  }

  /**
   * Makes a token of the caller.
   *
   * @throws ProblemException 400 where the wish won't do
   */
  public MadeToken create(Context ctx, TokenWish wish) {
    Caller caller = Caller.of(ctx);
    requireWholeToken(caller);
    String name = Objects.requireNonNullElse(wish.name(), "").strip();
    List<String> scopes = Objects.requireNonNullElse(wish.scopes(), List.of());
    Integer days = wish.expiresInDays();
    List<Fault> faults = faults(name, scopes, days, caller);
    if (!faults.isEmpty()) {
      throw ProblemException.badRequest(
          "The token can't be made: "
              + String.join("; ", faults.stream().map(f -> f.at() + ": " + f.detail()).toList()),
          faults);
    }
    Instant until =
        days == null
            ? null
            : Instant.now().plus(Duration.ofDays(days)).truncatedTo(ChronoUnit.MICROS);
    requireWithin(caller, until);
    Membership.NewToken made =
        store
            .get()
            .membership()
            .createToken(name, scopes.isEmpty() ? null : scopes, until, caller.acting(ctx));
    return new MadeToken(made.id(), name, made.secret(), until);
  }

  /** Whoever has found a token is to have no longer use of it than its owner said. */
  private static void requireWithin(Caller caller, @Nullable Instant until) {
    Instant end = caller.until();
    if (end != null && (until == null || until.isAfter(end))) {
      long days = Duration.between(Instant.now(), end).toDays();
      throw ProblemException.forbidden(
          "The token '%s' ends at %s and makes none that lasts longer: %s"
              .formatted(
                  caller.token(),
                  end,
                  days < 1 ? "sign in to make one." : "expiresInDays can be 1 to " + days + "."));
    }
  }

  private static List<Fault> faults(
      String name, List<String> scopes, @Nullable Integer days, Caller caller) {
    List<Fault> faults = new ArrayList<>();
    if (name.isEmpty() || name.length() > LONGEST_NAME || name.chars().anyMatch(c -> c < ' ')) {
      faults.add(new Fault("name", "expected 1 to %d characters".formatted(LONGEST_NAME)));
    }
    if (days != null && (days < 1 || days > MOST_DAYS)) {
      faults.add(new Fault("expiresInDays", "expected 1 to " + MOST_DAYS));
    }
    for (String scope : scopes) {
      boolean isOwn =
          scope != null
              && Permission.ofWord(scope)
                  .filter(p -> p != Permission.ANYONE && caller.may(p))
                  .isPresent();
      if (!isOwn) {
        faults.add(new Fault("scopes", "'%s' is nothing that you may do".formatted(scope)));
      }
    }
    return faults;
  }

  /** {@code POST /tokens/{id}/revoke}. */
  public void revokeToken(Context ctx) {
    revoke(ctx, Query.id(ctx, "token"));
    ctx.status(HttpStatus.NO_CONTENT);
  }

  /** Revokes a token of the caller's, or anybody's where an admin calls. */
  public void revoke(Context ctx, long id) {
    Caller caller = Caller.of(ctx);
    requireWholeToken(caller);
    store.get().membership().revokeToken(id, caller.acting(ctx));
  }
}
