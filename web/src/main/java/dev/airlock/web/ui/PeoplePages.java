package dev.airlock.web.ui;

import dev.airlock.store.Page;
import dev.airlock.store.PersonChange;
import dev.airlock.store.Profile;
import dev.airlock.store.Role;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.PeopleRoutes;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The people here, and how an admin makes and changes them. */
public final class PeoplePages {
  private static final int MOST_SHOWN = 100;

  private final Supplier<Store> store;
  private final PeopleRoutes people;
  private final Frame frame;

  public PeoplePages(Supplier<Store> store, PeopleRoutes people, Frame frame) {
    this.store = store;
    this.people = people;
    this.frame = frame;
  }

  /**
   * All of them.
   *
   * @param proposals what is to be confirmed, of anybody, longest asked for first
   * @param next the link to those that follow; null at the end
   */
  public record PeoplePage(
      Chrome chrome,
      List<Row> people,
      List<Row> proposals,
      boolean mayManage,
      @Nullable String next) {}

  /**
   * One of them.
   *
   * @param hindrance why the viewer may not confirm the proposal; null where they may, or there is
   *     none
   */
  public record Row(Profile profile, @Nullable String hindrance) {
    /** The teams in a row. */
    public String teams() {
      return String.join(", ", profile.teams());
    }

    /** How they stand, in a word. */
    public String state() {
      return profile.disabledAt() != null
          ? "disabled"
          : profile.mustChange() ? "new password due" : "active";
    }

    /** Who keeps their password. */
    public String origin() {
      return switch (profile.origin()) {
        case "file" -> "users/" + profile.name() + ".json";
        case "provider" -> "the provider of OpenID Connect";
        default -> "this page";
      };
    }
  }

  /**
   * One of them.
   *
   * @param isLast whether nobody but the viewer could confirm who decides, were it not for them
   * @param password one that was just made and is shown once; null otherwise
   */
  public record PersonPage(
      Chrome chrome,
      Row row,
      boolean mayManage,
      boolean isOneself,
      boolean isLast,
      @Nullable String password) {
    @Override
    public String toString() {
      return "PersonPage[" + row.profile().name() + "]";
    }
  }

  /** {@code GET /settings/people}. */
  public void list(Context ctx) {
    Page<Profile> page = store.get().membership().list(Query.text(ctx, "cursor"), MOST_SHOWN);
    Caller caller = Caller.of(ctx);
    List<Row> rows = page.items().stream().map(profile -> row(profile, caller)).toList();
    frame.render(
        ctx,
        "people",
        new PeoplePage(
            frame.chrome(
                ctx,
                "People",
                "settings",
                new Crumb("Settings", "/settings"),
                Crumb.here("People")),
            rows,
            store.get().membership().proposed(MOST_SHOWN).stream()
                .map(profile -> row(profile, caller))
                .toList(),
            caller.may(Permission.MANAGE_PEOPLE),
            page.next() == null ? null : "/settings/people?cursor=" + page.next()));
  }

  private static Row row(Profile profile, Caller caller) {
    Profile.Proposal proposal = profile.proposal();
    if (proposal == null) {
      return new Row(profile, null);
    }
    return new Row(profile, hindrance(profile, proposal, caller));
  }

  private static @Nullable String hindrance(
      Profile profile, Profile.Proposal proposal, Caller caller) {
    if (!caller.may(Permission.DECIDE)) {
      return "It takes an approver or an admin.";
    }
    if (proposal.askedBy().equals(caller.name())) {
      return "You asked for it: another approver or admin confirms it.";
    }
    if (profile.name().equals(caller.name())) {
      return "Nobody confirms their own role.";
    }
    if (caller.name().equals(proposal.holder())) {
      return "You made this account or set its password last: another approver or admin confirms it.";
    }
    return null;
  }

  /** {@code GET /settings/people/{name}}. */
  public void show(Context ctx) {
    show(ctx, profile(ctx.pathParam("name")), null);
  }

  private Profile profile(String name) {
    return store
        .get()
        .membership()
        .find(name)
        .orElseThrow(() -> new UnknownEntityException("There is no person '%s'.".formatted(name)));
  }

  private void show(Context ctx, Profile profile, @Nullable String password) {
    Caller caller = Caller.of(ctx);
    frame.render(
        ctx,
        "person",
        new PersonPage(
            frame.chrome(
                ctx,
                profile.name(),
                "settings",
                new Crumb("Settings", "/settings"),
                new Crumb("People", "/settings/people"),
                Crumb.here(profile.name())),
            row(profile, caller),
            caller.may(Permission.MANAGE_PEOPLE),
            caller.name().equals(profile.name()),
            caller.may(Permission.MANAGE_PEOPLE)
                && store.get().membership().isLastConfirmer(profile.name(), caller.name()),
            password));
  }

  /** {@code POST /settings/people}: the page that follows shows the password, this once. */
  public void create(Context ctx) {
    PeopleRoutes.OneTime made =
        people.create(
            ctx,
            field(ctx, "name").strip(),
            PeopleRoutes.role(ctx.formParam("role")),
            teams(ctx),
            field(ctx, "reason").strip());
    show(ctx, made.person(), made.password());
  }

  /** {@code POST /settings/people/{name}}. */
  public void change(Context ctx) {
    String name = ctx.pathParam("name");
    people.change(
        ctx,
        name,
        new PersonChange(
            PeopleRoutes.role(ctx.formParam("role")),
            teams(ctx),
            null,
            field(ctx, "reason").strip(),
            isEvenIfLast(ctx)));
    boolean isAsked = profile(name).proposal() != null;
    ctx.redirect(
        "/settings/people/" + name + "?done=" + (isAsked ? "proposed" : "changed"),
        HttpStatus.SEE_OTHER);
  }

  /** {@code POST /settings/people/{name}/state}: {@code disabled} true or false. */
  public void disable(Context ctx) {
    String name = ctx.pathParam("name");
    boolean disabled = "true".equals(ctx.formParam("disabled"));
    people.change(ctx, name, new PersonChange(null, null, disabled, "", isEvenIfLast(ctx)));
    ctx.redirect("/settings/people/" + name + "?done=changed", HttpStatus.SEE_OTHER);
  }

  /** {@code POST /settings/people/{name}/password}. */
  public void reset(Context ctx) {
    PeopleRoutes.OneTime made = people.reset(ctx, ctx.pathParam("name"), isEvenIfLast(ctx));
    show(ctx, made.person(), made.password());
  }

  /** {@code POST /settings/proposals/{id}}: {@code confirmed} true or false. */
  public void settle(Context ctx) {
    people.settle(ctx, Query.id(ctx, "proposal"), "true".equals(ctx.formParam("confirmed")));
    ctx.redirect("/settings/people?done=settled", HttpStatus.SEE_OTHER);
  }

  private static List<String> teams(Context ctx) {
    return Arrays.stream(field(ctx, "teams").split("[,\\s]+", -1))
        .filter(team -> !team.isEmpty())
        .distinct()
        .toList();
  }

  private static boolean isEvenIfLast(Context ctx) {
    return "true".equals(ctx.formParam("evenIfLast"));
  }

  private static String field(Context ctx, String name) {
    return Objects.requireNonNullElse(ctx.formParam(name), "");
  }

  /** The roles that a form offers. */
  public static List<Role> roles() {
    return List.of(Role.values());
  }
}
