package dev.airlock.web.session;

import dev.airlock.store.NewSession;
import dev.airlock.store.People;
import dev.airlock.store.Person;
import dev.airlock.store.Store;
import dev.airlock.web.http.ProblemException;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The form by which people sign in, and the way out. */
public final class SignIn {
  private static final String FORM_COOKIE = "airlock_form";
  private static final Duration SESSION = Duration.ofHours(12);
  private static final Duration FORM = Duration.ofHours(1);
  private static final int LONGEST_FIELD = 1_000;

  private final Supplier<Store> store;
  private final BiConsumer<Context, Form> page;
  private final FailedSignIns failures = new FailedSignIns(InstantSource.system());

  /**
   * What the page shows.
   *
   * @param then where to go after it
   * @param problem why the last try failed, or null
   */
  public record Form(String token, String name, String then, @Nullable String problem) {}

  /**
   * Knows how its page is rendered.
   *
   * @param page renders the form
   */
  public SignIn(Supplier<Store> store, BiConsumer<Context, Form> page) {
    this.store = store;
    this.page = page;
  }

  /** {@code GET /sign-in}. */
  public void form(Context ctx) {
    show(ctx, "", within(ctx.queryParam("then")), null);
  }

  private void show(Context ctx, String name, String then, @Nullable String problem) {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    ctx.cookie(Guard.cookie(ctx, FORM_COOKIE, token, FORM));
    page.accept(ctx, new Form(token, name, then, problem));
  }

  /**
   * {@code POST /sign-in}. A session that was open before ends: its cookie is worth nothing more.
   */
  public void signIn(Context ctx) {
    String name = field(ctx, "name");
    String then = within(ctx.formParam("then"));
    String formToken = ctx.cookie(FORM_COOKIE);
    if (formToken == null || !Guard.equal(formToken, ctx.formParam(Guard.CSRF_FIELD))) {
      show(ctx.status(HttpStatus.FORBIDDEN), name, then, "The form was too old. Please try again.");
      return;
    }
    Duration wait = failures.wait(name);
    if (!wait.isZero()) {
      show(
          ctx.status(HttpStatus.TOO_MANY_REQUESTS),
          name,
          then,
          "Too many wrong passwords. Try again in %d s.".formatted(wait.toSeconds() + 1));
      return;
    }
    People people = store.get().people();
    Optional<Person> person = people.byPassword(name, field(ctx, "password"));
    if (person.isEmpty()) {
      failures.failed(name);
      show(
          ctx.status(HttpStatus.UNAUTHORIZED), name, then, "Name and password do not go together.");
      return;
    }
    failures.succeeded(name);
    begin(ctx, people, person.get());
    ctx.redirect(then, HttpStatus.SEE_OTHER);
  }

  private static void begin(Context ctx, People people, Person person) {
    String before = ctx.cookie(Guard.COOKIE);
    if (before != null) {
      people.signOut(before);
    }
    people.forgetSessions();
    NewSession session = people.signIn(person.name(), SESSION);
    ctx.cookie(Guard.cookie(ctx, Guard.COOKIE, session.secret(), SESSION));
    ctx.removeCookie(FORM_COOKIE, "/");
  }

  /** {@code POST /sign-out}. */
  public void signOut(Context ctx) {
    String secret = ctx.cookie(Guard.COOKIE);
    if (secret != null) {
      store.get().people().signOut(secret);
    }
    ctx.removeCookie(Guard.COOKIE, "/");
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
  private static String within(@Nullable String then) {
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
