package dev.airlock.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Who may sign in, and who has. Passwords are kept as Argon2id, tokens and cookies as SHA-256. */
@RegisterConstructorMapper(Person.class)
@RegisterConstructorMapper(Session.class)
public interface People extends SqlObject {

  /** The person of this name, if the password is theirs. Takes as long for an unknown name. */
  default Optional<Person> byPassword(String name, String password) {
    Optional<String> hash = passwordHash(name);
    boolean matches = Secrets.matches(password, hash.orElse(Secrets.NOBODYS_HASH));
    return matches && hash.isPresent() ? find(name) : Optional.empty();
  }

  /** The person whose token this is. */
  default Optional<Person> byToken(String token) {
    return byTokenHash(Secrets.digest(token));
  }

  @SqlQuery("select name, role from person where name = :name")
  Optional<Person> find(String name);

  @SqlQuery("select name, role from person order by name")
  List<Person> list();

  /** The teams that the person belongs to, by name. */
  @SqlQuery("select team from team_member where person = :person order by team")
  List<String> teams(String person);

  /** Begins a session of the person. */
  default NewSession signIn(String person, Duration ttl) {
    NewSession session = new NewSession(Secrets.random(), Secrets.random());
    insertSession(Secrets.digest(session.secret()), person, session.csrfToken(), ttl);
    return session;
  }

  /** The session of this cookie, unless it is over. */
  default Optional<Session> session(String secret) {
    return sessionByHash(Secrets.digest(secret));
  }

  /** Ends the session. */
  default void signOut(String secret) {
    deleteSession(Secrets.digest(secret));
  }

  /** Forgets sessions that are over. */
  @SqlUpdate("delete from session where expires_at <= now()")
  int forgetSessions();

  @SqlQuery("select password_hash from person where name = :name")
  Optional<String> passwordHash(String name);

  @SqlQuery("select name, role from person where token_hash = :hash")
  Optional<Person> byTokenHash(String hash);

  @SqlUpdate(
      """
      insert into session (id_hash, person, csrf_token, expires_at)
      values (:idHash, :person, :csrfToken, now() + :ttl)
      """)
  void insertSession(String idHash, String person, String csrfToken, Duration ttl);

  @SqlQuery(
      """
      select s.person, p.role, s.csrf_token, s.expires_at
      from session s join person p on p.name = s.person
      where s.id_hash = :idHash and s.expires_at > now()
      """)
  Optional<Session> sessionByHash(String idHash);

  @SqlUpdate("delete from session where id_hash = :idHash")
  void deleteSession(String idHash);
}
