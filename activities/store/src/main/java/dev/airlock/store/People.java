package dev.airlock.store;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.KeyColumn;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.ValueColumn;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Who may sign in, and who has. Passwords are kept as Argon2id, tokens and cookies as SHA-256. What
 * changes people stands in {@link Membership}.
 */
@RegisterConstructorMapper(Person.class)
@RegisterConstructorMapper(Session.class)
@RegisterConstructorMapper(OpenSession.class)
@RegisterConstructorMapper(Bearer.class)
public interface People extends SqlObject {

  /**
   * The person of this name, if the password is theirs and they are not disabled. Takes as long for
   * an unknown name.
   */
  default Optional<Person> byPassword(String name, String password) {
    Optional<String> hash = passwordHash(name);
    boolean matches = Secrets.matches(password, hash.orElse(Secrets.NOBODYS_HASH));
    return matches && hash.isPresent() ? find(name) : Optional.empty();
  }

  /**
   * Whether the password that this person has just proved to know lets them in. One that somebody
   * else has set does so until they choose another, within a day and within an hour of its first
   * use, and ends the session that it began before.
   */
  @SqlQuery("select use_password(:name)")
  boolean usePassword(String name);

  /** The person whose token this is, where it can be used. */
  default Optional<Person> byToken(String token) {
    return bearer(token).map(bearer -> new Person(bearer.person(), bearer.role()));
  }

  /** Who sends this token, and for what it is good, where it can be used. */
  default Optional<Bearer> bearer(String token) {
    Optional<Bearer> bearer = bearerOf(Secrets.digest(token));
    bearer.filter(Bearer::stale).ifPresent(used -> tokenUsed(used.tokenId()));
    return bearer;
  }

  @SqlQuery(
      """
      select t.id as token_id, t.name as token_name, t.person, p.role, t.scopes, t.expires_at,
             p.must_change, p.vouched_at,
             t.last_used_at is null or t.last_used_at < now() - interval '1 minute' as stale
      from api_token t join person p on p.name = t.person
      where t.hash = :hash and t.revoked_at is null and p.disabled_at is null
        and (t.expires_at is null or t.expires_at > now())
      """)
  Optional<Bearer> bearerOf(String hash);

  /** At most one of many at once writes it: the others would only wait for the same minute. */
  @SqlUpdate(
      """
      update api_token set last_used_at = now()
      where id = (select id from api_token
                  where id = :id
                    and (last_used_at is null or last_used_at < now() - interval '1 minute')
                  for update skip locked)
      """)
  void tokenUsed(long id);

  @SqlQuery("select name, role from person where name = :name")
  Optional<Person> find(String name);

  @SqlQuery("select name, role from person order by name")
  List<Person> list();

  /** The teams that the person belongs to, by name. */
  @SqlQuery("select team from team_member where person = :person order by team")
  List<String> teams(String person);

  /** Begins a session of the person. */
  default NewSession signIn(String person, Duration ttl) {
    return signIn(person, ttl, null, null);
  }

  /**
   * Begins a session of the person.
   *
   * @param address from where
   * @param browser as it calls itself
   */
  default NewSession signIn(
      String person, Duration ttl, @Nullable String address, @Nullable String browser) {
    NewSession session = new NewSession(Secrets.random(), Secrets.random());
    insertSession(
        Secrets.digest(session.secret()), person, session.csrfToken(), ttl, address, browser);
    return session;
  }

  /**
   * Begins a session of the person, with a row of the audit. One that the same browser had ends.
   *
   * @param before the secret of that one; null where it had none
   * @param browser as it calls itself
   */
  @Transaction
  default NewSession begin(
      Acting person, Duration ttl, @Nullable String before, @Nullable String browser) {
    if (before != null) {
      signOut(before);
    }
    forgetSessions();
    NewSession session = signIn(person.actor(), ttl, person.origin().address(), browser);
    Audit.record(getHandle(), person.did(AuditAction.SIGN_IN, "person", person.actor()));
    return session;
  }

  /**
   * The same for somebody who has just proved to know their password. Empty where {@link
   * #usePassword} lets nobody in by it any more.
   */
  @Transaction
  default Optional<NewSession> beginByPassword(
      Acting person, Duration ttl, @Nullable String before, @Nullable String browser) {
    return usePassword(person.actor())
        ? Optional.of(begin(person, ttl, before, browser))
        : Optional.empty();
  }

  /** Ends the session, with a row of the audit. */
  @Transaction
  default void signOut(String secret, Acting person) {
    signOut(secret);
    Audit.record(getHandle(), person.did(AuditAction.SIGN_OUT, "person", person.actor()));
  }

  /** The session of this cookie, unless it is over. */
  default Optional<Session> session(String secret) {
    return session(secret, Duration.ofDays(365));
  }

  /** The same, unless it has rested for longer than {@code idle}; this is no use of it. */
  default Optional<Session> look(String secret, Duration idle) {
    return sessionByHash(Secrets.digest(secret), idle);
  }

  /** The same, and a use of it. */
  default Optional<Session> session(String secret, Duration idle) {
    Optional<Session> session = look(secret, idle);
    session.filter(Session::stale).ifPresent(used -> sessionUsed(used.id()));
    return session;
  }

  /** Ends the session. */
  default void signOut(String secret) {
    deleteSession(Secrets.digest(secret));
  }

  /**
   * The person's open sessions, the newest first.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<OpenSession> sessions(
      String person, Duration idle, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(
        sessionsBefore(person, idle, Page.before(cursor), bounded + 1), bounded, OpenSession::id);
  }

  /** The rows behind {@link #sessions}. */
  @SqlQuery(
      """
      select id, created_at, last_used_at, expires_at, address, browser from session
      where person = :person and id < :before
        and expires_at > now() and last_used_at > now() - :idle
      order by id desc limit :limit
      """)
  List<OpenSession> sessionsBefore(String person, Duration idle, long before, int limit);

  /** The same by the acting person, with a row of the audit where there was one. */
  @Transaction
  default boolean endSession(long id, Acting person) {
    boolean ended = endSession(person.actor(), id);
    if (ended) {
      Audit.record(getHandle(), person.did(AuditAction.END_SESSION, "person", person.actor()));
    }
    return ended;
  }

  /** Ends all sessions of the acting person, with a row of the audit; answers how many. */
  @Transaction
  default int endSessions(Acting person) {
    int ended = endSessions(person.actor());
    Audit.record(
        getHandle(),
        person
            .did(AuditAction.END_SESSION, "person", person.actor())
            .after(Map.of("ended", ended)));
    return ended;
  }

  /** Whether the person has an open session that began at this address. */
  @SqlQuery(
      """
      select exists (select from session
                     where person = :person and address = :address and expires_at > now())
      """)
  boolean isKnownAt(String person, String address);

  /** Ends one session of the person; false where they have none of this number. */
  @SqlUpdate("delete from session where person = :person and id = :id")
  boolean endSession(String person, long id);

  /** Ends all sessions of the person; answers how many there were. */
  @SqlUpdate("delete from session where person = :person")
  int endSessions(String person);

  /** Forgets sessions that are over. */
  @SqlUpdate("delete from session where expires_at <= now()")
  int forgetSessions();

  @SqlQuery("select password_hash from person where name = :name and disabled_at is null")
  Optional<String> passwordHash(String name);

  @SqlUpdate(
      """
      insert into session (id_hash, person, csrf_token, expires_at, address, browser)
      values (:idHash, :person, :csrfToken, now() + :ttl, :address, left(:browser, 200))
      """)
  void insertSession(
      String idHash,
      String person,
      String csrfToken,
      Duration ttl,
      @Nullable String address,
      @Nullable String browser);

  @SqlQuery(
      """
      select s.id, s.person, p.role, s.csrf_token, s.expires_at, p.must_change,
             s.last_used_at < now() - interval '1 minute' as stale
      from session s join person p on p.name = s.person
      where s.id_hash = :idHash and s.expires_at > now() and p.disabled_at is null
        and s.last_used_at > now() - :idle
      """)
  Optional<Session> sessionByHash(String idHash, Duration idle);

  @SqlUpdate(
      """
      update session set last_used_at = now()
      where id = (select id from session
                  where id = :id and last_used_at < now() - interval '1 minute'
                  for update skip locked)
      """)
  void sessionUsed(long id);

  /**
   * Of these sessions those that are still good, with the role of whose they are. That somebody
   * looks is no use of a session.
   *
   * @param idle after how long without a request a session is over
   */
  @SqlQuery(
      """
      select s.id, p.role from session s join person p on p.name = s.person
      where s.id = any(:ids) and s.expires_at > now() and s.last_used_at > now() - :idle
        and p.disabled_at is null and not p.must_change
      """)
  @KeyColumn("id")
  @ValueColumn("role")
  Map<Long, Role> goodSessions(long[] ids, Duration idle);

  /** Of these tokens those that are still good, with the role of whose they are. */
  @SqlQuery(
      """
      select t.id, p.role from api_token t join person p on p.name = t.person
      where t.id = any(:ids) and t.revoked_at is null
        and (t.expires_at is null or t.expires_at > now())
        and p.disabled_at is null and not p.must_change
      """)
  @KeyColumn("id")
  @ValueColumn("role")
  Map<Long, Role> goodTokens(long[] ids);

  @SqlUpdate("delete from session where id_hash = :idHash")
  void deleteSession(String idHash);
}
