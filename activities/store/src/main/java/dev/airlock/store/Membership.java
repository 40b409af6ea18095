package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and changes people and their tokens, by functions of the database that hold the law and
 * leave a row of the audit: an admin changes others, never themselves, and whoever is to open the
 * gate is made by two.
 */
public final class Membership {

  private static final Logger log = LoggerFactory.getLogger(Membership.class);

  private static final String PROFILE =
      """
      select p.name, p.role, p.origin, p.must_change, p.created_at, p.disabled_at,
             array(select team from team_member where person = p.name order by team) as teams,
             greatest((select max(last_used_at) from session where person = p.name),
                      (select max(last_used_at) from api_token where person = p.name))
               as last_seen_at,
             case when p.origin <> 'provider' and not p.must_change then p.password_changed_at end
               as password_chosen_at,
             a.id as asked_id, a.role as asked_role, a.teams as asked_teams, a.reason as asked_reason,
             a.asked_by, a.asked_at, a.holder,
             array(select name from person as other
                   where a.id is not null
                     and other.role in ('approver', 'admin') and other.disabled_at is null
                     and not other.must_change and other.name not in (a.asked_by, p.name)
                     and other.name is distinct from a.holder
                     and not exists (select from vouching
                                     where other.vouched_at <= now() - vouching.lasts)
                   order by name limit 10) as confirmers
      from person p left join (
        select *, account_holder(person, clock_timestamp()) as holder
        from person_proposal where outcome is null) as a on a.person = p.name
      """;

  private final Jdbi jdbi;

  Membership(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** A token of this name that has just been made; kept nowhere. */
  public record NewToken(long id, String secret) {
    @Override
    public String toString() {
      return "NewToken[" + id + "]";
    }
  }

  /**
   * By name.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  public Page<Profile> list(@Nullable String cursor, int limit) {
    List<Profile> rows =
        jdbi.withHandle(
            handle ->
                profiles(
                    handle
                        .createQuery(
                            PROFILE + " where p.name > :after order by p.name limit :limit")
                        .bind("after", nameOf(cursor))
                        .bind("limit", limit + 1)));
    return rows.size() <= limit
        ? new Page<>(rows, null)
        : new Page<>(rows.subList(0, limit), cursorOf(rows.get(limit - 1).name()));
  }

  /** Whose wider right to decide nobody has confirmed or refused yet, longest asked for first. */
  public List<Profile> proposed(int most) {
    return jdbi.withHandle(
        handle ->
            profiles(
                handle
                    .createQuery(PROFILE + " where a.id is not null order by a.id limit :most")
                    .bind("most", most)));
  }

  private static String cursorOf(String name) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }

  private static String nameOf(@Nullable String cursor) {
    if (cursor == null) {
      return "";
    }
    try {
      String name = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
      if (name.matches("[a-z0-9._-]+")) {
        return name;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new InvalidCursorException(cursor);
  }

  /** The person of this name. */
  public Optional<Profile> find(String name) {
    return jdbi.withHandle(
        handle ->
            profiles(handle.createQuery(PROFILE + " where p.name = :name").bind("name", name))
                .stream()
                .findFirst());
  }

  private static List<Profile> profiles(Query query) {
    return query.map((row, context) -> profile(row)).list();
  }

  private static Profile profile(ResultSet row) throws SQLException {
    return new Profile(
        row.getString("name"),
        Words.read(Role.class, row.getString("role")),
        words(row, "teams"),
        row.getString("origin"),
        row.getBoolean("must_change"),
        moment(row, "password_chosen_at"),
        row.getTimestamp("created_at").toInstant(),
        moment(row, "disabled_at"),
        moment(row, "last_seen_at"),
        row.getString("asked_by") == null ? null : proposal(row));
  }

  private static Profile.Proposal proposal(ResultSet row) throws SQLException {
    return new Profile.Proposal(
        row.getLong("asked_id"),
        Words.read(Role.class, row.getString("asked_role")),
        words(row, "asked_teams"),
        row.getString("asked_reason"),
        row.getString("asked_by"),
        row.getTimestamp("asked_at").toInstant(),
        row.getString("holder"),
        words(row, "confirmers"));
  }

  private static List<String> words(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  private static @Nullable Instant moment(ResultSet row, String column) throws SQLException {
    Timestamp moment = row.getTimestamp(column);
    return moment == null ? null : moment.toInstant();
  }

  /** Keeps a hash out of what an exception or a log says of a statement. */
  private record Hidden(String value) implements Argument {
    @Override
    public void apply(int position, PreparedStatement statement, StatementContext context)
        throws SQLException {
      statement.setString(position, value);
    }

    @Override
    public String toString() {
      return "(hidden)";
    }
  }

  /**
   * Makes a person. Where the role is to decide, they are a viewer until a second person confirms
   * it.
   *
   * @throws ForbiddenException where the law refuses it
   * @throws TakenNameException where there is a person of this name
   */
  public void create(NewPerson person, Acting acting) {
    String hash = Secrets.hash(person.password());
    try {
      ask(
          "create_person(:actor, :name, :role, :teams, :hash, :reason, :origin::jsonb)",
          acting,
          call ->
              call.bind("name", person.name())
                  .bind("role", person.role())
                  .bindArray("teams", String.class, person.teams())
                  .bind("hash", new Hidden(hash))
                  .bind("reason", person.reason()));
    } catch (UnableToExecuteStatementException e) {
      if (Refusal.isOfValues(e)) {
        throw new TakenNameException(
            "There is a person of the name '%s'.".formatted(person.name()));
      }
      throw e;
    }
  }

  /**
   * Gives a person this role and these teams; where that widens their right to decide, as soon as a
   * second person confirms it.
   *
   * @throws ForbiddenException where the law refuses it
   */
  public void change(String name, Role role, List<String> teams, String reason, Acting acting) {
    change(name, new PersonChange(role, teams, null, reason), acting);
  }

  /**
   * Changes what the wish names, all of it or nothing.
   *
   * @throws ForbiddenException where the law refuses a part of it
   * @throws LastConfirmerException where nobody could confirm after it, and the wish does not say
   *     that it is to be done even so
   */
  public void change(String name, PersonChange wish, Acting acting) {
    jdbi.useTransaction(
        handle -> {
          Profile known = known(handle, name);
          boolean couldConfirm = couldConfirm(handle, name);
          Boolean disabled = wish.disabled();
          if (disabled != null) {
            disable(handle, name, disabled, acting);
          }
          if (wish.changesStanding()) {
            ask(
                handle,
                "change_person(:actor, :name, :role, :teams, :reason, :origin::jsonb)",
                acting,
                call ->
                    call.bind("name", name)
                        .bind("role", Objects.requireNonNullElse(wish.role(), known.role()))
                        .bindArray(
                            "teams",
                            String.class,
                            Objects.requireNonNullElse(wish.teams(), known.teams()))
                        .bind("reason", wish.reason()));
          }
          if (couldConfirm && !wish.evenIfLast() && !known(handle, name).decides()) {
            requireAnotherConfirmer(handle, name, acting.actor());
          }
        });
  }

  /**
   * Whether this person is the last, beside whoever acts, who could confirm that somebody decides.
   * Once they can't any more, only a file of users brings somebody who can.
   */
  public boolean isLastConfirmer(String name, String actor) {
    return jdbi.withHandle(
        handle -> couldConfirm(handle, name) && !hasAnotherConfirmer(handle, name, actor));
  }

  private static boolean couldConfirm(Handle handle, String name) {
    return handle
        .createQuery(
            """
            select exists (
              select from person
              where name = :name and origin <> 'provider' and role in ('approver', 'admin')
                and disabled_at is null)
            """)
        .bind("name", name)
        .mapTo(Boolean.class)
        .one();
  }

  /**
   * After the act, whose function has locked the rows of all admins: of two acts at the same moment
   * the second sees what the first has done.
   */
  private static void requireAnotherConfirmer(Handle handle, String name, String actor) {
    if (!hasAnotherConfirmer(handle, name, actor)) {
      throw new LastConfirmerException(name, actor);
    }
  }

  private static boolean hasAnotherConfirmer(Handle handle, String name, String actor) {
    return handle
        .createQuery(
            """
            select exists (
              select from person
              where name not in (:name, :actor) and role in ('approver', 'admin')
                and disabled_at is null and not must_change
                and vouching_objection(name, null) is null)
            """)
        .bind("name", name)
        .bind("actor", actor)
        .mapTo(Boolean.class)
        .one();
  }

  /**
   * Confirms what a person shall become, or refuses it.
   *
   * @throws ForbiddenException where the law refuses it
   */
  public void settle(long proposal, boolean confirmed, Acting acting) {
    ask(
        "settle_proposal(:actor, :proposal, :confirmed, :origin::jsonb)",
        acting,
        call -> call.bind("proposal", proposal).bind("confirmed", confirmed));
  }

  /**
   * Shuts a person out, or lets them in again; whoever decides is let in as a viewer, until a
   * second person gives the right to decide back. Sessions end.
   *
   * @throws ForbiddenException where the law refuses it
   */
  public void disable(String name, boolean disabled, Acting acting) {
    change(name, new PersonChange(null, null, disabled, ""), acting);
  }

  private static void disable(Handle handle, String name, boolean disabled, Acting acting) {
    ask(
        handle,
        "disable_person(:actor, :name, :disabled, :origin::jsonb)",
        acting,
        call -> call.bind("name", name).bind("disabled", disabled));
  }

  /**
   * Gives a person a password for the first sign-in, good for a day. Their sessions and all their
   * tokens end; the right to decide rests until a second person gives it back.
   *
   * @throws ForbiddenException where the law refuses it
   * @throws LastConfirmerException where nobody could do that
   */
  public void resetPassword(String name, String password, Acting acting) {
    resetPassword(name, password, false, acting);
  }

  /**
   * The same.
   *
   * @param evenIfLast whether to do it though nobody could confirm after it who is to decide
   */
  public void resetPassword(String name, String password, boolean evenIfLast, Acting acting) {
    requireKnown(name);
    String hash = Secrets.hash(password);
    jdbi.useTransaction(
        handle -> {
          boolean couldConfirm = couldConfirm(handle, name);
          ask(
              handle,
              "reset_password(:actor, :name, :hash, :origin::jsonb)",
              acting,
              call -> call.bind("name", name).bind("hash", new Hidden(hash)));
          if (couldConfirm && !evenIfLast) {
            requireAnotherConfirmer(handle, name, acting.actor());
          }
        });
  }

  /**
   * Gives whoever acts another password. All their sessions end.
   *
   * @param endsTokens whether their tokens end too, that of the file of users included
   * @throws ForbiddenException where the provider keeps it
   */
  public void changeOwnPassword(String password, boolean endsTokens, Acting acting) {
    String hash = Secrets.hash(password);
    jdbi.useTransaction(
        handle -> {
          ask(
              handle,
              "change_own_password(:actor, :hash, :origin::jsonb)",
              acting,
              call -> call.bind("hash", new Hidden(hash)));
          if (endsTokens) {
            bound(handle.createQuery("select revoke_own_tokens(:actor, :origin::jsonb)"), acting)
                .mapTo(Integer.class)
                .one();
          }
        });
  }

  /** A random password, to be told once. */
  public static String randomPassword() {
    return Secrets.random().substring(0, 20);
  }

  /**
   * Makes a token of whoever acts. Where they come with a token themselves, the new one is good for
   * no more and no longer than that.
   *
   * @param scopes words of permissions; null for all that the person may
   * @param until null for a token that does not expire
   * @throws TakenNameException where they have an open token of this name
   * @throws ForbiddenException where the token that they come with does not reach so far
   */
  public NewToken createToken(
      String name, @Nullable List<String> scopes, @Nullable Instant until, Acting acting) {
    String secret = "airlock_" + Secrets.random();
    try {
      return new NewToken(
          jdbi.withHandle(
              handle ->
                  bound(
                          handle.createQuery(
                              "select create_token(:actor, :hash, :name, :scopes, :until, :origin::jsonb)"),
                          acting)
                      .bind("hash", new Hidden(Secrets.digest(secret)))
                      .bind("name", name)
                      .bindByType(
                          "scopes",
                          scopes == null ? null : scopes.toArray(String[]::new),
                          String[].class)
                      .bind("until", until)
                      .mapTo(Long.class)
                      .one()),
          secret);
    } catch (UnableToExecuteStatementException e) {
      if (Refusal.isOfValues(e)) {
        throw new TakenNameException("You have a token of the name '%s'.".formatted(name));
      }
      if (Refusal.isOfRights(e)) {
        throw new ForbiddenException(
            "The token that you come with makes none that is good for more, or for longer.");
      }
      throw e;
    }
  }

  /**
   * Revokes a token: one's own, or anybody's where an admin acts.
   *
   * @throws ForbiddenException where they have none of this number
   */
  public void revokeToken(long id, Acting acting) {
    ask("revoke_token(:actor, :id, :origin::jsonb)", acting, call -> call.bind("id", id));
  }

  /**
   * Tokens, newest first.
   *
   * @param person null for those of all people
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  public Page<ApiToken> tokens(@Nullable String person, @Nullable String cursor, int limit) {
    List<ApiToken> rows =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select id, person, name, scopes, origin, created_at, expires_at,
                               last_used_at, revoked_at, revoked_by
                        from api_token
                        where (:person::text is null or person = :person) and id < :before
                        order by id desc limit :limit
                        """)
                    .bind("person", person)
                    .bind("before", Page.before(cursor))
                    .bind("limit", limit + 1)
                    .registerRowMapper(ConstructorMapper.factory(ApiToken.class))
                    .mapTo(ApiToken.class)
                    .list());
    return Page.of(rows, limit, ApiToken::id);
  }

  /**
   * The name, here, of somebody whom a provider vouches for; brings their role and teams along, but
   * for teams that have a person's name. Has their votes on what is open counted once more, which
   * may have rested until now.
   */
  public String signInFrom(VouchedPerson person, Origin origin) {
    return jdbi.inTransaction(
        handle -> {
          String name = signInFrom(handle, person, origin);
          Outbox.postVotesAgain(handle, name);
          return name;
        });
  }

  private static String signInFrom(Handle handle, VouchedPerson person, Origin origin) {
    return handle
        .createQuery("select sign_in_from(:issuer, :subject, :name, :role, :teams, :origin::jsonb)")
        .bind("issuer", person.issuer())
        .bind("subject", person.subject())
        .bind("name", person.name())
        .bind("role", person.role())
        .bindArray("teams", String.class, teamsOfTheirOwnNames(handle, person.teams()))
        .bind("origin", Json.write(origin))
        .mapTo(String.class)
        .one();
  }

  /**
   * The start refuses others; a person may have got such a name since, or the start not been told.
   */
  private static List<String> teamsOfTheirOwnNames(Handle handle, List<String> teams) {
    List<String> persons =
        handle
            .createQuery("select name from person where name = any(:teams) order by name")
            .bindArray("teams", String.class, teams)
            .mapTo(String.class)
            .list();
    persons.forEach(
        name ->
            log.warn(
                "{} Nobody gets into it.",
                ConfiguredPeople.takenName(MigrateConfig.OIDC_TEAMS, name)));
    return teams.stream().filter(team -> !persons.contains(team)).toList();
  }

  private static Profile known(Handle handle, String name) {
    return profiles(handle.createQuery(PROFILE + " where p.name = :name").bind("name", name))
        .stream()
        .findFirst()
        .orElseThrow(() -> new UnknownEntityException("There is no person '%s'.".formatted(name)));
  }

  private void requireKnown(String name) {
    jdbi.useHandle(handle -> known(handle, name));
  }

  private interface Values {
    void bind(Query call);
  }

  private void ask(String function, Acting acting, Values values) {
    jdbi.useHandle(handle -> ask(handle, function, acting, values));
  }

  private static void ask(Handle handle, String function, Acting acting, Values values) {
    Query call = bound(handle.createQuery("select " + function), acting);
    values.bind(call);
    Optional<String> objection = call.mapTo(String.class).findOne();
    if (objection.isPresent()) {
      throw new ForbiddenException(objection.get());
    }
  }

  private static <S extends SqlStatement<S>> S bound(S call, Acting acting) {
    return call.bind("actor", acting.actor()).bind("origin", Json.write(acting.origin()));
  }
}
