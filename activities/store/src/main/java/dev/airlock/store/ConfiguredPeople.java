package dev.airlock.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * Brings about the people of {@code users/NAME.json} and the teams of AIRLOCK_TEAMS, as the owner
 * of the schema; each change leaves a row of the audit, a start without one leaves none. What a
 * page or the command has changed meanwhile stays.
 */
final class ConfiguredPeople {

  static final String TEAMS = "AIRLOCK_TEAMS";

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
   * @param providerTeams those that a provider's groups make somebody a member of
   * @return what whoever starts the system must know: whose file is gone since the last start, what
   *     is closed since nobody acts for its owner any more, and which teams have lost their last
   *     member by this
   * @throws InvalidConfigurationException where a team names somebody who is not known, or a name
   *     would be a person's and a team's
   */
  List<String> bringAbout(
      List<Account> accounts, SortedMap<String, List<String>> teams, Set<String> providerTeams) {
    requireNamesOfTheirOwn(accounts, teams.keySet(), providerTeams);
    accounts.forEach(this::bringAbout);
    List<String> gone =
        accounts.isEmpty() ? List.of() : gone(accounts).stream().map(this::letGo).toList();
    Set<String> named = new TreeSet<>(teams.keySet());
    named.addAll(teamsOfFiles());
    List<String> left =
        named.stream().filter(team -> replace(team, teams.getOrDefault(team, List.of()))).toList();
    return Stream.concat(gone.stream(), warnings(left).stream()).toList();
  }

  /** What is closed is said at each start, until it is open again. */
  private List<String> warnings(List<String> left) {
    List<VacantOwner> vacant = handle.attach(Ownership.class).vacantOwners();
    Set<String> owners = vacant.stream().map(VacantOwner::owner).collect(Collectors.toSet());
    return Stream.concat(
            vacant.stream().map(VacantOwner::sentence),
            left.stream()
                .filter(team -> !owners.contains(team))
                .map(
                    team ->
                        "Nobody is in team %s any more: %s does not name it. It owns nothing here; approvals that ask it can't be given by it."
                            .formatted(team, TEAMS)))
        .toList();
  }

  /** Whoever is in a team may do what is asked of its name: that is not to be a person's. */
  private void requireNamesOfTheirOwn(
      List<Account> accounts, Set<String> teams, Set<String> providerTeams) {
    Set<String> known = people.list().stream().map(Person::name).collect(Collectors.toSet());
    Set<String> added =
        accounts.stream()
            .map(Account::name)
            .filter(name -> !known.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> persons = new TreeSet<>(known);
    persons.addAll(added);
    Stream<String> takenByTeams =
        Stream.concat(
            takenNames(TEAMS, teams, persons),
            takenNames(MigrateConfig.OIDC_TEAMS, providerTeams, persons));
    Stream<String> takenByPeople =
        added.stream()
            .filter(name -> isTeamByOtherHands(name))
            .map(
                name ->
                    "%s makes a person %2$s, but %2$s is a team with members: they could decide as that person. Expected a name that no team has; give the person another."
                        .formatted(file(name), name));
    List<String> faults = Stream.concat(takenByTeams, takenByPeople).toList();
    if (!faults.isEmpty()) {
      throw new InvalidConfigurationException(faults);
    }
  }

  private static Stream<String> takenNames(String setting, Set<String> teams, Set<String> persons) {
    return teams.stream().filter(persons::contains).sorted().map(team -> takenName(setting, team));
  }

  /** Why a team of a setting can't be, whose name is a person's. */
  static String takenName(String setting, String team) {
    return "%s holds a team %2$s, but %2$s is a person: whoever is in that team could decide as %2$s. Expected a name that no person has; give the team another."
        .formatted(setting, team);
  }

  /** Members that the configuration has given to a team go with it. */
  private boolean isTeamByOtherHands(String name) {
    return handle
        .createQuery(
            "select exists (select from team_member where team = :name and origin <> 'file')")
        .bind("name", name)
        .mapTo(Boolean.class)
        .one();
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
    comeBack(name);
    String password = isSame ? known.orElseThrow() : Secrets.hash(account.password());
    upsert(account, password);
    boolean hasNewToken = replaceToken(account);
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

  /**
   * Where the file of this person was gone, and is there again: it lets in whom it had shut out.
   */
  private void comeBack(String name) {
    handle
        .createUpdate(
            """
            update person
            set disabled_at = case when disabled_at = file_gone_at then null
                              else disabled_at end,
                file_gone_at = null
            where name = :name and origin = 'file' and file_gone_at is not null
            """)
        .bind("name", name)
        .execute();
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
   * with its file and comes back with it. Of that the row says that the file has revoked it, unless
   * a person has ended it for good since, or the file has come back with another.
   */
  private boolean replaceToken(Account account) {
    String hash = Secrets.digest(account.token());
    handle
        .createUpdate(
            """
            update api_token
            set revoked_at = coalesce(revoked_at, now()),
                revoked_by = 'another token of ' || :file
            where person = :person and origin = 'file' and hash <> :hash
              and (revoked_at is null or revoked_by = :file)
            """)
        .bind("file", file(account.name()))
        .bind("person", account.name())
        .bind("hash", hash)
        .execute();
    int back =
        handle
            .createUpdate(
                """
                update api_token set revoked_at = null, revoked_by = null
                where hash = :hash and person = :person and origin = 'file' and revoked_by = :file
                """)
            .bind("file", file(account.name()))
            .bind("person", account.name())
            .bind("hash", hash)
            .execute();
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

  /** Whom no file names any more, or whose token one does no more, whoever has made them. */
  private List<String> gone(List<Account> accounts) {
    return handle
        .createQuery(
            """
            select name from person
            where name <> all(:named)
              and (origin = 'file' and file_gone_at is null
                   or exists (select from api_token as token
                              where token.person = person.name and token.origin = 'file'
                                and token.revoked_at is null))
            order by name
            """)
        .bindArray("named", String.class, accounts.stream().map(Account::name).toList())
        .mapTo(String.class)
        .list();
  }

  /**
   * The file is gone, and with it its token. Its password lets nobody in any more either: whoever
   * has not chosen another is disabled. Answers what has come of it, and what undoes it.
   */
  private String letGo(String name) {
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
            where name = :name and origin = 'file' and file_gone_at is null
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
    boolean wasDisabled = before.filter(Standing::disabled).isPresent();
    return sentence(
        name, tokens > 0, !wasDisabled && standing(name).filter(Standing::disabled).isPresent());
  }

  private static String sentence(String name, boolean hadToken, boolean isDisabled) {
    String token = hadToken ? "its token is revoked" : "it held no token that was good";
    return isDisabled
        ? "%1$s is gone: %2$s, and %3$s, who signed in with its password, is disabled. Put the file back and start again; or let an admin enable %3$s and reset the password."
            .formatted(file(name), token, name)
        : "%1$s is gone: %2$s. %3$s stands as before. Put the file back and start again where programs need its token."
            .formatted(file(name), token, name);
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

  /** Whether the team has lost its last member by this. */
  private boolean replace(String team, List<String> members) {
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
    return after.isEmpty() && !before.isEmpty();
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
