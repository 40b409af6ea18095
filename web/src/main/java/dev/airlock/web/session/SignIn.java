package dev.airlock.web.session;

import dev.airlock.store.Acting;
import dev.airlock.store.AuditAction;
import dev.airlock.store.NewSession;
import dev.airlock.store.People;
import dev.airlock.store.Person;
import dev.airlock.store.Store;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Peer;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Proxies;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The form by which people sign in, and the way out. */
public final class SignIn {
  private static final String FORM_COOKIE = "airlock_form";
  private static final Duration FORM = Duration.ofHours(1);
  private static final Duration LONGEST_QUEUE = Duration.ofSeconds(5);
  private static final int LONGEST_FIELD = 1_000;

  private final Supplier<Store> store;
  private final BiConsumer<Context, Form> page;
  private final Duration longest;
  private final @Nullable String provider;
  private final FailedSignIns failures = new FailedSignIns(InstantSource.system());

  /** Each check of a password takes 19 MiB and a core: more at once would only starve the rest. */
  private final Semaphore checks = new Semaphore(Runtime.getRuntime().availableProcessors());

  /**
   * What the page shows.
   *
   * @param then where to go after it
   * @param problem why the last try failed, or null
   * @param provider as which the provider of OpenID Connect is known, or null for none
   */
  public record Form(
      String token,
      String name,
      String then,
      @Nullable String problem,
      @Nullable String provider) {}

  /**
   * Knows how its page is rendered.
   *
   * @param page renders the form
   */
  public SignIn(Supplier<Store> store, AccessConfig config, BiConsumer<Context, Form> page) {
    this.store = store;
    this.page = page;
    this.longest = config.longest();
    OidcSettings oidc = config.oidc();
    this.provider = oidc == null ? null : oidc.name();
  }

  /** {@code GET /sign-in}. */
  public void form(Context ctx) {
    show(ctx, "", within(ctx.queryParam("then")), null);
  }

  void show(Context ctx, String name, String then, @Nullable String problem) {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    SessionCookie.write(ctx, FORM_COOKIE, token, FORM);
    page.accept(ctx, new Form(token, name, then, problem, provider));
  }

  /**
   * {@code POST /sign-in}. A session that was open before ends: its cookie is worth nothing more.
   */
  public void signIn(Context ctx) {
    String name = field(ctx, "name");
    String then = within(ctx.formParam("then"));
    String formToken = SessionCookie.read(ctx, FORM_COOKIE);
    if (formToken == null || !Guard.equal(formToken, ctx.formParam(Guard.CSRF_FIELD))) {
      show(ctx.status(HttpStatus.FORBIDDEN), name, then, "The form was too old. Please try again.");
      return;
    }
    String address = Proxies.address(ctx);
    Duration wait = failures.wait(name, address);
    if (!wait.isZero()) {
      refuse(ctx, name, then, wait);
      return;
    }
    Optional<Person> person = check(name, field(ctx, "password"));
    if (person.isEmpty()) {
      Duration pause = failures.failed(name, address);
      if (!pause.isZero()) {
        auditLockOut(ctx, name, pause);
      }
      show(
          ctx.status(HttpStatus.UNAUTHORIZED), name, then, "Name and password do not go together.");
      return;
    }
    failures.succeeded(name, address);
    begin(ctx, person.get());
    ctx.redirect(then, HttpStatus.SEE_OTHER);
  }

  private void refuse(Context ctx, String name, String then, Duration wait) {
    long seconds = wait.toSeconds() + 1;
    ctx.header("Retry-After", Long.toString(seconds));
    show(
        ctx.status(HttpStatus.TOO_MANY_REQUESTS),
        name,
        then,
        "Too many wrong passwords from your address. Try again in %d s.".formatted(seconds));
  }

  /**
   * The person, if the password is theirs.
   *
   * @throws ProblemException 429 where too many sign in at this moment
   */
  Optional<Person> check(String name, String password) {
    try {
      if (!checks.tryAcquire(LONGEST_QUEUE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw ProblemException.tooMany(
            "Too many sign in at this moment. Try again in a few seconds.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ProblemException.unavailable("This process is ending.");
    }
    try {
      return store.get().people().byPassword(name, password);
    } finally {
      checks.release();
    }
  }

  /** A name that nobody has may be a password in the wrong field: it is kept nowhere. */
  private void auditLockOut(Context ctx, String name, Duration pause) {
    Store open = store.get();
    String known = open.people().find(name).map(Person::name).orElse("(unknown)");
    open.audit()
        .record(
            new Acting(known, Peer.web(ctx))
                .did(AuditAction.LOCK_OUT, "address", Proxies.address(ctx))
                .after(Map.of("person", known, "seconds", pause.toSeconds())));
  }

  /** Begins a session of the person; one that was open before ends. */
  void begin(Context ctx, Person person) {
    People people = store.get().people();
    String before = SessionCookie.read(ctx);
    if (before != null) {
      people.signOut(before);
    }
    people.forgetSessions();
    NewSession session =
        people.signIn(person.name(), longest, Proxies.address(ctx), ctx.userAgent());
    SessionCookie.write(ctx, session.secret(), longest);
    SessionCookie.forget(ctx, FORM_COOKIE);
    store
        .get()
        .audit()
        .record(
            new Acting(person.name(), Peer.web(ctx))
                .did(AuditAction.SIGN_IN, "person", person.name()));
  }

  /**
   * Whether this is the person's password; wrong ones count as they do at the form.
   *
   * @throws ProblemException 429 where too many were wrong
   */
  public boolean isOwn(Context ctx, String name, String password) {
    String address = Proxies.address(ctx);
    Duration wait = failures.wait(name, address);
    if (!wait.isZero()) {
      ctx.header("Retry-After", Long.toString(wait.toSeconds() + 1));
      throw ProblemException.tooMany(
          "Too many wrong passwords from your address. Try again in %d s."
              .formatted(wait.toSeconds() + 1));
    }
    boolean isOwn = check(name, password).isPresent();
    if (isOwn) {
      failures.succeeded(name, address);
    } else {
      failures.failed(name, address);
    }
    return isOwn;
  }

  /** Gives whoever has just changed something about themselves a session anew. */
  public void renew(Context ctx, Person person) {
    begin(ctx, person);
  }

  /** {@code POST /sign-out}. */
  public void signOut(Context ctx) {
    String secret = SessionCookie.read(ctx);
    if (secret != null) {
      Store open = store.get();
      open.people().signOut(secret);
      Caller caller = Caller.of(ctx);
      open.audit().record(caller.acting(ctx).did(AuditAction.SIGN_OUT, "person", caller.name()));
    }
    SessionCookie.forget(ctx);
    ctx.redirect("/sign-in", HttpStatus.SEE_OTHER);
  }

  private static String field(Context ctx, String name) {
    String text = ctx.formParam(name);
    if (text == null || text.length() > LONGEST_FIELD) {
      throw ProblemException.badRequest("The form lacks its field '" + name + "'.");
    }
    return text;
  }

  /** Only ways within this site: nobody is to be led elsewhere by a link to the sign-in page. */
  static String within(@Nullable String then) {
    if (then == null
        || !then.startsWith("/")
        || then.startsWith("//")
        || then.contains("\\")
        || then.chars().anyMatch(Character::isISOControl)) {
      return "/";
    }
    return then;
  }
}
