package dev.airlock.web.ui;

import dev.airlock.store.ApiToken;
import dev.airlock.store.Membership;
import dev.airlock.store.OpenSession;
import dev.airlock.store.Page;
import dev.airlock.store.Person;
import dev.airlock.store.Profile;
import dev.airlock.store.Store;
import dev.airlock.web.api.AccountRoutes;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.web.session.SignIn;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One's own settings, and the names of what pipelines connect to. */
public final class SettingsPages {
  private static final int PER_PAGE = 50;

  private final Supplier<Store> store;
  private final AccountRoutes account;
  private final SignIn signIn;
  private final Frame frame;

  public SettingsPages(Supplier<Store> store, AccountRoutes account, SignIn signIn, Frame frame) {
    this.store = store;
    this.account = account;
    this.signIn = signIn;
    this.frame = frame;
  }

  /**
   * Everything about oneself.
   *
   * @param email where they are written to; empty for nowhere
   * @param madeToken the secret of a token that was just made, shown once; null otherwise
   * @param scopes what a token may be limited to
   */
  public record SettingsPage(
      Chrome chrome,
      Profile profile,
      String email,
      List<SessionRow> sessions,
      @Nullable String moreSessions,
      List<TokenRow> tokens,
      @Nullable String moreTokens,
      List<Permission> scopes,
      @Nullable String madeToken) {

    @Override
    public String toString() {
      return "SettingsPage[" + profile.name() + "]";
    }
  }

  /** A session. */
  public record SessionRow(OpenSession session, boolean isThis, String browser) {}

  /**
   * A token.
   *
   * @param state {@code open}, {@code expired} or {@code revoked}
   */
  public record TokenRow(ApiToken token, String scopes, String state) {}

  /** Names, where they come from and who needs them. */
  public record ConnectionsPage(Chrome chrome, List<Vault> vaults, List<Queue> queues) {}

  /** The secrets, or the connections. */
  public record Vault(String title, String empty, List<Entry> entries) {}

  /** A name. */
  public record Entry(String name, String from, boolean isMissing, String neededBy) {}

  /** A queue. */
  public record Queue(String name, boolean isTaken, String neededBy) {}

  /** {@code GET /settings}. */
  public void show(Context ctx) {
    show(ctx, null);
  }

  private void show(Context ctx, @Nullable String madeToken) {
    Caller caller = Caller.of(ctx);
    Membership membership = store.get().membership();
    Instant now = Instant.now();
    Page<OpenSession> sessions =
        account.sessions(caller.name(), PER_PAGE, Query.text(ctx, "sessions"));
    Page<ApiToken> tokens = membership.tokens(caller.name(), Query.text(ctx, "tokens"), PER_PAGE);
    frame.render(
        ctx,
        "settings",
        new SettingsPage(
            frame.chrome(ctx, "Settings", "settings", Crumb.here("Settings")),
            membership.find(caller.name()).orElseThrow(),
            store.get().messages().email(caller.name()).orElse(""),
            sessions.items().stream().map(session -> row(session, caller.session())).toList(),
            more("sessions", sessions),
            tokens.items().stream().map(token -> row(token, now)).toList(),
            more("tokens", tokens),
            Arrays.stream(Permission.values())
                .filter(permission -> permission != Permission.ANYONE && caller.may(permission))
                .toList(),
            madeToken));
  }

  private static @Nullable String more(String list, Page<?> page) {
    return page.next() == null ? null : "/settings?%s=%s#%s".formatted(list, page.next(), list);
  }

  private static SessionRow row(OpenSession session, long current) {
    return new SessionRow(session, session.id() == current, browser(session.browser()));
  }

  /** The part of what a browser calls itself that its owner would know it by. */
  private static String browser(@Nullable String agent) {
    if (agent == null || agent.isBlank()) {
      return "unknown";
    }
    String system =
        List.of("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux").stream()
            .filter(agent::contains)
            .findFirst()
            .map(name -> " on " + name)
            .orElse("");
    return List.of("Firefox", "Edg", "Chrome", "Safari").stream()
        .filter(agent::contains)
        .findFirst()
        .map(name -> (name.equals("Edg") ? "Edge" : name) + system)
        .orElse(agent.length() > 40 ? agent.substring(0, 40) + "…" : agent);
  }

  private static TokenRow row(ApiToken token, Instant now) {
    List<String> scopes = token.scopes();
    return new TokenRow(
        token,
        scopes == null ? "all that you may" : String.join(", ", scopes),
        token.revokedAt() != null ? "revoked" : token.isOpen(now) ? "open" : "expired");
  }

  /** {@code POST /settings/password}. */
  public void changePassword(Context ctx) {
    String password = field(ctx, "password");
    if (!password.equals(field(ctx, "again"))) {
      throw ProblemException.badRequest(
          "The two new passwords differ. Go back and type them again.");
    }
    boolean endsTokens = !field(ctx, "endTokens").isEmpty();
    account.changePassword(ctx, field(ctx, "current"), password, endsTokens);
    Person person = Caller.of(ctx).person();
    signIn.renew(ctx, person);
    ctx.redirect("/settings?done=password", HttpStatus.SEE_OTHER);
  }

  /** {@code POST /settings/email}: an empty one is no mail. */
  public void changeEmail(Context ctx) {
    account.changeEmail(ctx, field(ctx, "email"));
    ctx.redirect("/settings?done=email", HttpStatus.SEE_OTHER);
  }

  /** {@code POST /settings/sessions/end}: one by its {@code id}, or all. */
  public void endSessions(Context ctx) {
    String id = field(ctx, "id");
    if (id.equals("all")) {
      account.endAllSessions(ctx);
      ctx.redirect("/sign-in", HttpStatus.SEE_OTHER);
      return;
    }
    account.endSession(ctx, Query.number("The session", id));
    ctx.redirect("/settings?done=session-ended", HttpStatus.SEE_OTHER);
  }

  /** {@code POST /settings/tokens}: the page that follows shows the secret, this once. */
  public void createToken(Context ctx) {
    String days = field(ctx, "days").strip();
    List<String> scopes =
        "some".equals(ctx.formParam("reach")) ? ctx.formParams("scope") : List.of();
    if ("some".equals(ctx.formParam("reach")) && scopes.isEmpty()) {
      throw ProblemException.badRequest("Choose at least one thing that the token may do.");
    }
    AccountRoutes.MadeToken made =
        account.create(
            ctx,
            new AccountRoutes.TokenWish(
                field(ctx, "name"),
                scopes,
                days.isEmpty()
                    ? null
                    : (int) Math.min(Integer.MAX_VALUE, Query.number("The number of days", days))));
    show(ctx, made.token());
  }

  /** {@code POST /settings/tokens/{id}/revoke}. */
  public void revokeToken(Context ctx) {
    account.revoke(ctx, Query.id(ctx, "token"));
    ctx.redirect("/settings?done=token-revoked", HttpStatus.SEE_OTHER);
  }

  /** {@code GET /settings/connections}. */
  public void connections(Context ctx) {
    Store open = store.get();
    frame.render(
        ctx,
        "connections",
        new ConnectionsPage(
            frame.chrome(
                ctx,
                "Connections",
                "settings",
                new Crumb("Settings", "/settings"),
                Crumb.here("Connections")),
            List.of(
                new Vault(
                    "Connections",
                    "No pipeline names a connection, and no worker has one.",
                    entries(open, "connection")),
                new Vault(
                    "Secrets",
                    "No pipeline names a secret, and no worker has one.",
                    entries(open, "secret"))),
            open.queues().names().stream()
                .map(
                    queue ->
                        new Queue(queue.name(), queue.taken(), String.join(", ", queue.usedBy())))
                .toList()));
  }

  private static List<Entry> entries(Store open, String kind) {
    return open.vaults().names(kind).stream()
        .map(
            name -> {
              boolean isFaulty = !name.faults().isEmpty();
              boolean isMissing = name.sources().isEmpty() && !isFaulty;
              return new Entry(
                  name.name(),
                  isMissing
                      ? "no worker has it"
                      : String.join(", ", isFaulty ? name.faults() : name.sources()),
                  isMissing || isFaulty,
                  String.join(", ", name.usedBy()));
            })
        .toList();
  }

  private static String field(Context ctx, String name) {
    return Objects.requireNonNullElse(ctx.formParam(name), "");
  }
}
