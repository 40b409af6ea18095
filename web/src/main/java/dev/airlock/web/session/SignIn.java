package dev.airlock.web.session;

import dev.airlock.store.Acting;
import dev.airlock.store.AuditAction;
import dev.airlock.store.NewSession;
import dev.airlock.store.Person;
import dev.airlock.store.Store;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Peer;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Proxies;
import io.github.bucket4j.Bucket;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The form by which people sign in, and the way out. */
public final class SignIn {
  private static final String FORM_COOKIE = "airlock_form";
  private static final Duration FORM = Duration.ofHours(1);
  private static final Duration LONGEST_QUEUE = Duration.ofSeconds(5);
  private static final int LONGEST_FIELD = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(SignIn.class);
  private static final int MOST_LOCK_OUTS_AN_HOUR = 100;

  private final Supplier<Store> store;
  private final BiConsumer<Context, Form> page;
  private final Duration longest;
  private final @Nullable String provider;
  private final FailedSignIns failures;

  private final Bucket lockOuts =
      Bucket.builder()
          .addLimit(
              limit ->
                  limit
                      .capacity(MOST_LOCK_OUTS_AN_HOUR)
                      .refillGreedy(MOST_LOCK_OUTS_AN_HOUR, Duration.ofHours(1)))
          .build();

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
   * @param clock says how long somebody has waited after wrong passwords
   * @param page renders the form
   */
  public SignIn(
      Supplier<Store> store,
      AccessConfig config,
      InstantSource clock,
      BiConsumer<Context, Form> page) {
    this.store = store;
    this.page = page;
    this.failures = new FailedSignIns(clock);
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
    FailedSignIns.Try one = count(name, Proxies.address(ctx));
    if (one.mustWait()) {
      refuse(ctx, name, then, one.left());
      return;
    }
    Optional<Person> person = check(ctx, name, field(ctx, "password"), one);
    if (person.isEmpty()) {
      show(
          ctx.status(HttpStatus.UNAUTHORIZED), name, then, "Name and password do not go together.");
      return;
    }
    Optional<NewSession> session =
        store
            .get()
            .people()
            .beginByPassword(
                new Acting(person.get().name(), Peer.web(ctx)),
                longest,
                SessionCookie.read(ctx),
                ctx.userAgent());
    if (session.isEmpty()) {
      show(
          ctx.status(HttpStatus.UNAUTHORIZED),
          name,
          then,
          "This password was good for a day, and for an hour after its first use. Ask an admin for another.");
      return;
    }
    keep(ctx, session.get());
    ctx.redirect(then, HttpStatus.SEE_OTHER);
  }

  private FailedSignIns.Try count(String name, String address) {
    boolean isKnown = failures.isSlow(name) && store.get().people().isKnownAt(name, address);
    return failures.begin(name, address, isKnown);
  }

  private void refuse(Context ctx, String name, String then, Duration wait) {
    long seconds = wait.toSeconds() + 1;
    ctx.header("Retry-After", Long.toString(seconds));
    show(
        ctx.status(HttpStatus.TOO_MANY_REQUESTS),
        name,
        then,
        "Too many wrong passwords. Try again in %d s.".formatted(seconds));
  }

  /**
   * The person, if the password is theirs; settles the try.
   *
   * @throws ProblemException 429 where too many sign in at this moment
   */
  private Optional<Person> check(Context ctx, String name, String password, FailedSignIns.Try one) {
    String address = Proxies.address(ctx);
    Optional<Person> person;
    try {
      person = check(name, password);
    } catch (RuntimeException e) {
      failures.takeBack(name, address);
      throw e;
    }
    if (person.isPresent()) {
      failures.succeeded(name, address);
    } else if (one.beginsLockOut()) {
      auditLockOut(ctx, name, one.pause());
    }
    return person;
  }

  private Optional<Person> check(String name, String password) {
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

  /**
   * Where a lock-out begins, not at each try after it: strangers are not to fill a table that never
   * shrinks. A name that nobody has may be a password in the wrong field: it is kept nowhere.
   */
  private void auditLockOut(Context ctx, String name, Duration pause) {
    if (!lockOuts.tryConsume(1)) {
      LOG.warn("A lock-out of {} is not in the audit: there are too many", Proxies.address(ctx));
      return;
    }
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
    NewSession session =
        store
            .get()
            .people()
            .begin(
                new Acting(person.name(), Peer.web(ctx)),
                longest,
                SessionCookie.read(ctx),
                ctx.userAgent());
    keep(ctx, session);
  }

  private void keep(Context ctx, NewSession session) {
    SessionCookie.write(ctx, session.secret(), longest);
    SessionCookie.forget(ctx, FORM_COOKIE);
  }

  /**
   * Whether this is the person's password; wrong ones count as they do at the form.
   *
   * @throws ProblemException 429 where too many were wrong
   */
  public boolean isOwn(Context ctx, String name, String password) {
    FailedSignIns.Try one = count(name, Proxies.address(ctx));
    if (one.mustWait()) {
      long seconds = one.left().toSeconds() + 1;
      ctx.header("Retry-After", Long.toString(seconds));
      throw ProblemException.tooMany(
          "Too many wrong passwords. Try again in %d s.".formatted(seconds));
    }
    return check(ctx, name, password, one).isPresent();
  }

  /** Gives whoever has just changed something about themselves a session anew. */
  public void renew(Context ctx, Person person) {
    begin(ctx, person);
  }

  /** {@code POST /sign-out}. */
  public void signOut(Context ctx) {
    String secret = SessionCookie.read(ctx);
    if (secret != null) {
      store.get().people().signOut(secret, Caller.of(ctx).acting(ctx));
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
