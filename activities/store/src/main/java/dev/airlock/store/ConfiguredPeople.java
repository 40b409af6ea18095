package dev.airlock.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/**
 * Brings about the people of {@code users/NAME.json} and the teams of AIRLOCK_TEAMS, as the owner
 * of the schema; each change leaves a row of the audit, a start without one leaves none. What a
 * page or the command has changed meanwhile stays.
 */
final class ConfiguredPeople {

  private static final String TEAMS = "AIRLOCK_TEAMS";

  private final Handle handle;
  private final People people;

  /**
   * Within a transaction.
   *
   * @param handle the schema owner's
   */
  ConfiguredPeople(Handle handle) {
    this.handle = handle;
    this.people = handle.attach(People.class);
  }

  /**
   * Does it.
   *
   * @param accounts one a file; where there is none at all, nothing is said of people, and nobody
   *     goes
   * @param teams all teams of the configuration: one that is left out loses the members that it had
   *     by it
   * @throws InvalidConfigurationException where a team names somebody who is not known
   */
  void bringAbout(List<Account> accounts, SortedMap<String, List<String>> teams) {
    accounts.forEach(this::bringAbout);
    if (!accounts.isEmpty()) {
      gone(accounts).forEach(this::letGo);
    }
    Set<String> named = new TreeSet<>(teams.keySet());
    named.addAll(teamsOfFiles());
    named.forEach(team -> replace(team, teams.getOrDefault(team, List.of())));
  }

  // People

  private static String file(String person) {
    return "users/" + person + ".json";
  }

  private void bringAbout(Account account) {
    String name = account.name();
    Optional<Standing> before = standing(name);
    Optional<String> known = passwordHash(name);
    boolean isSame = known.filter(hash -> Secrets.matches(account.password(), hash)).isPresent();
    boolean isBack = isBack(name);
    String password = isSame ? known.orElseThrow() : Secrets.hash(account.password());
    upsert(account, password);
    boolean hasNewToken = replaceToken(account, isBack);
    Map<String, Object> changed = new LinkedHashMap<>();
    if (!passwordHash(name).equals(known)) {
      changed.put("password", "set");
    }
    if (hasNewToken) {
      changed.put("token", "set");
    }
    record(name, before, changed);
  }

  private Optional<String> passwordHash(String name) {
    return handle
        .createQuery(
            "select password_hash from person where name = :name and password_hash is not null")
        .bind("name", name)
        .mapTo(String.class)
        .findOne();
  }

  /** Whether the file of this person was gone, and is there again. */
  private boolean isBack(String name) {
    return handle
            .createUpdate(
                """
            update person
            set disabled_at = case when disabled_at = file_gone_at then null
                              else disabled_at end,
                file_gone_at = null
            where name = :name and origin = 'file' and file_gone_at is not null
            """)
            .bind("name", name)
            .execute()
        == 1;
  }

  /**
   * Inserts, and brings up to date what nobody has changed since: a password or a role that was
   * changed while the system ran stays.
   */
  private void upsert(Account account, String passwordHash) {
    handle
        .createUpdate(
            """
            insert into person as p (name, role, password_hash)
            values (:name, :role, :password)
            on conflict (name) do update
              set role = case when p.role_changed_at is null then excluded.role else p.role end,
                  password_hash = case when p.password_changed_at is null
                                  then excluded.password_hash else p.password_hash end
              where p.origin = 'file'
            """)
        .bind("name", account.name())
        .bind("role", account.role())
        .bind("password", passwordHash)
        .execute();
  }

  /**
   * A token that was revoked stays revoked, until the file holds another; but for one that went
   * with its file and comes back with it.
   */
  private boolean replaceToken(Account account, boolean isBack) {
    String hash = Secrets.digest(account.token());
    handle
        .createUpdate(
            """
            update api_token set revoked_at = now(), revoked_by = :file
            where person = :person and origin = 'file' and hash <> :hash and revoked_at is null
            """)
        .bind("file", file(account.name()))
        .bind("person", account.name())
        .bind("hash", hash)
        .execute();
    int back =
        isBack
            ? handle
                .createUpdate(
                    """
                update api_token set revoked_at = null, revoked_by = null
                where hash = :hash and person = :person and revoked_by = :file
                """)
                .bind("file", file(account.name()))
                .bind("person", account.name())
                .bind("hash", hash)
                .execute()
            : 0;
    int added =
        handle
            .createUpdate(
                """
            insert into api_token (hash, person, name, origin)
            values (:hash, :person, :file, 'file')
            on conflict (hash) do nothing
            """)
            .bind("file", file(account.name()))
            .bind("person", account.name())
            .bind("hash", hash)
            .execute();
    return back + added > 0;
  }

  private List<String> gone(List<Account> accounts) {
    return handle
        .createQuery(
            """
            select name from person
            where origin = 'file' and file_gone_at is null and name <> all(:named) order by name
            """)
        .bindArray("named", String.class, accounts.stream().map(Account::name).toList())
        .mapTo(String.class)
        .list();
  }

  /**
   * The file is gone, and with it its token. Its password lets nobody in any more either: whoever
   * has not chosen another is disabled.
   */
  private void letGo(String name) {
    Optional<Standing> before = standing(name);
    int tokens =
        handle
            .createUpdate(
                """
            update api_token set revoked_at = now(), revoked_by = :file
            where person = :person and origin = 'file' and revoked_at is null
            """)
            .bind("file", file(name))
            .bind("person", name)
            .execute();
    handle
        .createUpdate(
            """
            update person
            set file_gone_at = now(),
                disabled_at = case when password_changed_at is null
                              then coalesce(disabled_at, now()) else disabled_at end
            where name = :name
            """)
        .bind("name", name)
        .execute();
    handle
        .createUpdate(
            """
            delete from session where person in (
              select name from person where name = :name and disabled_at is not null)
            """)
        .bind("name", name)
        .execute();
    Map<String, Object> changed = new LinkedHashMap<>();
    changed.put("file", "gone");
    if (tokens > 0) {
      changed.put("token", "revoked");
    }
    record(name, before, changed);
  }

  /** How somebody stands, as the audit shows it elsewhere too. */
  private record Standing(Role role, List<String> teams, boolean disabled) {
    Map<String, Object> fields() {
      return Map.of("role", role.word(), "teams", teams, "disabled", disabled);
    }
  }

  private Optional<Standing> standing(String name) {
    return people
        .find(name)
        .map(
            person ->
                new Standing(
                    person.role(),
                    people.teams(name),
                    handle
                        .createQuery(
                            "select disabled_at is not null from person where name = :name")
                        .bind("name", name)
                        .mapTo(Boolean.class)
                        .one()));
  }

  private void record(String name, Optional<Standing> before, Map<String, Object> changed) {
    Standing after = standing(name).orElseThrow();
    if (before.filter(after::equals).isPresent() && changed.isEmpty()) {
      return;
    }
    Map<String, Object> said = new LinkedHashMap<>(after.fields());
    said.putAll(changed);
    AuditEntry entry = acting(file(name)).did(AuditAction.SET_PERSON, "person", name).after(said);
    Audit.record(handle, before.map(Standing::fields).map(entry::before).orElse(entry));
  }

  /** Neither is a name that a person can have. */
  private static Acting acting(String source) {
    return Acting.within(source, Origin.Channel.MIGRATION);
  }

  // Teams

  private List<String> teamsOfFiles() {
    return handle
        .createQuery("select distinct team from team_member where origin = 'file'")
        .mapTo(String.class)
        .list();
  }

  private List<String> members(String team) {
    return handle
        .createQuery("select person from team_member where team = :team order by person")
        .bind("team", team)
        .mapTo(String.class)
        .list();
  }

  private void replace(String team, List<String> members) {
    List<String> before = members(team);
    handle
        .createUpdate("delete from team_member where team = :team and origin = 'file'")
        .bind("team", team)
        .execute();
    for (String member : members) {
      requireKnown(team, member);
      handle
          .createUpdate(
              """
              insert into team_member (team, person) values (:team, :person)
              on conflict (team, person) do update set origin = 'file'
              """)
          .bind("team", team)
          .bind("person", member)
          .execute();
    }
    List<String> after = members(team);
    if (!before.equals(after)) {
      Audit.record(
          handle,
          acting(TEAMS)
              .did(AuditAction.SET_TEAM, "team", team)
              .before(Map.of("members", before))
              .after(Map.of("members", after)));
    }
  }

  private void requireKnown(String team, String member) {
    if (people.find(member).isEmpty()) {
      throw new InvalidConfigurationException(
          List.of(
              "%s puts %s into team %s, but there is no such person: expected one of %s."
                  .formatted(
                      TEAMS, member, team, people.list().stream().map(Person::name).toList())));
    }
  }
}
