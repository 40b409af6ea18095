package dev.airlock.web.api;

import dev.airlock.store.Membership;
import dev.airlock.store.NewPerson;
import dev.airlock.store.PersonChange;
import dev.airlock.store.Profile;
import dev.airlock.store.Role;
import dev.airlock.store.Store;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The people here, what they may do, and who says so. */
public final class PeopleRoutes {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,59}");
  private static final int MOST_TEAMS = 50;
  private static final int LONGEST_REASON = 2_000;

  private final Supplier<Store> store;

  public PeopleRoutes(Supplier<Store> store) {
    this.store = store;
  }

  /** Somebody who is to be made. */
  private record Wish(
      @Nullable String name,
      @Nullable String role,
      @Nullable List<String> teams,
      @Nullable String reason) {}

  /** What is to be otherwise; null for what stays. */
  private record Change(
      @Nullable String role,
      @Nullable List<String> teams,
      @Nullable Boolean disabled,
      @Nullable String reason,
      @Nullable Boolean evenIfLast) {}

  /** How a password is to be reset. */
  private record Reset(@Nullable Boolean evenIfLast) {}

  /** A person and the password for the first sign-in; told once. */
  public record OneTime(Profile person, String password) {
    @Override
    public String toString() {
      return "OneTime[" + person.name() + "]";
    }
  }

  /** {@code GET /people}, by name. */
  public void list(Context ctx) {
    ctx.json(store.get().membership().list(Query.text(ctx, "cursor"), Limits.of(ctx)));
  }

  /** {@code GET /people/{name}}. */
  public void show(Context ctx) {
    ctx.json(AccountRoutes.profile(store.get(), ctx.pathParam("name")));
  }

  /** {@code POST /people}. */
  public void create(Context ctx) {
    Wish wish = Body.read(ctx, Wish.class);
    ctx.status(HttpStatus.CREATED)
        .json(
            create(
                ctx,
                Objects.requireNonNullElse(wish.name(), ""),
                role(wish.role()),
                teams(wish.teams()),
                reason(wish.reason())));
  }

  /** Makes a person with a password for the first sign-in. */
  public OneTime create(Context ctx, String name, Role role, List<String> teams, String reason) {
    if (!NAME.matcher(name).matches()) {
      throw ProblemException.badRequest(
          "'%s' is no name: expected up to 60 lower-case letters, digits, dots, hyphens and underscores."
              .formatted(name),
          List.of(new Fault("name", "expected such as ada or ada.lovelace")));
    }
    String password = Membership.randomPassword();
    store
        .get()
        .membership()
        .create(new NewPerson(name, role, teams, password, reason), Caller.of(ctx).acting(ctx));
    return new OneTime(AccountRoutes.profile(store.get(), name), password);
  }

  /** {@code PATCH /people/{name}}. */
  public void change(Context ctx) {
    String name = ctx.pathParam("name");
    Change wish = Body.read(ctx, Change.class);
    if (wish.role() == null && wish.teams() == null && wish.disabled() == null) {
      throw ProblemException.badRequest(
          "Nothing is to change: send role, teams or disabled.",
          List.of(new Fault("role", "missing"), new Fault("teams", "missing")));
    }
    store
        .get()
        .membership()
        .change(
            name,
            new PersonChange(
                wish.role() == null ? null : role(wish.role()),
                wish.teams() == null ? null : teams(wish.teams()),
                wish.disabled(),
                reason(wish.reason()),
                Boolean.TRUE.equals(wish.evenIfLast())),
            Caller.of(ctx).acting(ctx));
    ctx.json(AccountRoutes.profile(store.get(), name));
  }

  /** Changes what the wish names, as soon as it takes. */
  public void change(Context ctx, String name, PersonChange wish) {
    store.get().membership().change(name, wish, Caller.of(ctx).acting(ctx));
  }

  /** {@code POST /people/{name}/password}: a new one, for the first sign-in. */
  public void reset(Context ctx) {
    boolean evenIfLast =
        ctx.bodyAsBytes().length > 0
            && Boolean.TRUE.equals(Body.read(ctx, Reset.class).evenIfLast());
    ctx.json(reset(ctx, ctx.pathParam("name"), evenIfLast));
  }

  /**
   * Gives a person a password for the first sign-in.
   *
   * @param evenIfLast whether to do it though nobody could confirm after it who is to decide
   */
  public OneTime reset(Context ctx, String name, boolean evenIfLast) {
    String password = Membership.randomPassword();
    store.get().membership().resetPassword(name, password, evenIfLast, Caller.of(ctx).acting(ctx));
    return new OneTime(AccountRoutes.profile(store.get(), name), password);
  }

  /** {@code POST /proposals/{id}/confirm}. */
  public void confirm(Context ctx) {
    settle(ctx, Query.id(ctx, "proposal"), true);
    ctx.status(HttpStatus.NO_CONTENT);
  }

  /** {@code POST /proposals/{id}/refuse}. */
  public void refuse(Context ctx) {
    settle(ctx, Query.id(ctx, "proposal"), false);
    ctx.status(HttpStatus.NO_CONTENT);
  }

  /** Confirms what somebody shall become, or refuses it. */
  public void settle(Context ctx, long proposal, boolean confirmed) {
    store.get().membership().settle(proposal, confirmed, Caller.of(ctx).acting(ctx));
  }

  /**
   * The role of this word.
   *
   * @throws ProblemException 400 where there is none
   */
  public static Role role(@Nullable String word) {
    return Arrays.stream(Role.values())
        .filter(role -> role.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.badRequest(
                    "The role is '%s', expected one of %s."
                        .formatted(
                            word,
                            Arrays.stream(Role.values())
                                .map(Role::word)
                                .collect(Collectors.joining(", "))),
                    List.of(new Fault("role", "expected viewer, engineer, approver or admin"))));
  }

  private static List<String> teams(@Nullable List<String> teams) {
    List<String> wanted = Objects.requireNonNullElse(teams, List.of());
    if (wanted.size() > MOST_TEAMS || wanted.stream().anyMatch(Objects::isNull)) {
      throw ProblemException.badRequest(
          "Expected at most %d names of teams.".formatted(MOST_TEAMS),
          List.of(new Fault("teams", "expected names")));
    }
    return wanted;
  }

  private static String reason(@Nullable String reason) {
    String text = Objects.requireNonNullElse(reason, "").strip();
    if (text.length() > LONGEST_REASON) {
      throw ProblemException.badRequest(
          "The reason has %d characters, expected at most %d."
              .formatted(text.length(), LONGEST_REASON));
    }
    return text;
  }
}
