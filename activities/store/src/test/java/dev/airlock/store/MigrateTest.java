package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.local.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** People and teams as a start makes them from the configuration, and what it refuses and says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MigrateTest {

  private TestDatabase database;
  private People people;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    people = database.store().people();
  }

  @AfterAll
  void close() {
    database.close();
  }

  private static Account dora(Role role, String password, String token) {
    return new Account("dora", role, password, token);
  }

  /** The people of the database, and this one; in these teams and no others. */
  private List<String> start(@Nullable Account also, Map<String, List<String>> teams) {
    return database.startWith(
        also == null ? database.migrateConfig().accounts() : database.accountsAnd(also), teams);
  }

  private static Graph ownedBy(String name, String owner) {
    Graph graph = Scene.graph("approver", 1);
    return new Graph(name, owner, null, graph.params(), graph.stages());
  }

  @Test
  void shouldKeepClosedWhatATeamOwnsThatTheConfigurationHasLeftOut() {
    Store store = database.store();
    Ownership ownership = store.ownership();
    start(null, Map.of("keepers", List.of("bob")));
    store.pipelines().publish(ownedBy("kept", "keepers"), Scene.CODE, Actors.by("bob"));
    assertEquals(Optional.empty(), ownership.ownerNote("kept"));

    List<String> said = start(null, Map.of());

    assertTrue(
        said.stream()
            .anyMatch(
                line ->
                    line.startsWith("Nobody acts for keepers any more.")
                        && line.contains("pipelines kept.")),
        said.toString());
    assertEquals(said, start(null, Map.of()), "it is said until it is mended");
    for (String person : List.of("engineer", "bob")) {
      assertEquals(Optional.of("keepers"), ownership.foreignOwner(person, "kept"), person);
      assertThrows(
          ForbiddenException.class,
          () ->
              store.pipelines().publish(ownedBy("kept", "keepers"), Scene.CODE, Actors.by(person)),
          person);
    }
    assertTrue(
        ownership.ownerNote("kept").orElseThrow().contains("closed to everybody but admins"));

    store.pipelines().publish(ownedBy("kept", "engineer"), Scene.CODE, Actors.by("admin"));
    assertEquals(Optional.empty(), ownership.foreignOwner("engineer", "kept"));
    assertEquals(List.of(), start(null, Map.of()));
  }

  @Test
  void shouldSayOfADisabledOwnerThatAnAdminEnablesThem() {
    Store store = database.store();
    Account lea = new Account("lea", Role.ENGINEER, "password", "lea's token");
    start(lea, Map.of());
    store.pipelines().publish(ownedBy("of-lea", "lea"), Scene.CODE, Actors.by("lea"));
    store.membership().disable("lea", true, Actors.by("admin"));

    String said = String.join("\n", about("acts for lea", start(lea, Map.of())));
    assertTrue(
        said.endsWith("Let an admin enable lea, or publish the pipelines with another owner."),
        said);
    String note = store.ownership().ownerNote("of-lea").orElseThrow();
    assertTrue(note.contains("An admin enables lea, or publishes"), note);

    store.membership().disable("lea", false, Actors.by("admin"));
    assertEquals(List.of(), about("acts for lea", start(lea, Map.of())));
    assertEquals(Optional.empty(), store.ownership().ownerNote("of-lea"));
    store.pipelines().publish(ownedBy("of-lea", "engineer"), Scene.CODE, Actors.by("admin"));
  }

  private List<String> faults(@Nullable Account also, Map<String, List<String>> teams) {
    return assertThrows(InvalidConfigurationException.class, () -> start(also, teams)).faults();
  }

  @Test
  void shouldRefuseAProvidersTeamByAPersonsName() {
    List<Account> accounts = database.migrateConfig().accounts();
    InvalidConfigurationException refusal =
        assertThrows(
            InvalidConfigurationException.class,
            () -> database.startWith(accounts, Set.of("risk", "carol", "bob")));
    assertEquals(2, refusal.faults().size(), refusal::toString);
    assertTrue(
        refusal
            .faults()
            .get(0)
            .startsWith("AIRLOCK_OIDC_TEAMS holds a team bob, but bob is a person: whoever is in"),
        refusal::toString);

    Account nele = new Account("nele", Role.APPROVER, "password", "nele's token");
    List<Account> withNele = database.accountsAnd(nele);
    assertThrows(
        InvalidConfigurationException.class, () -> database.startWith(withNele, Set.of("nele")));
    assertTrue(people.find("nele").isEmpty());
    database.startWith(accounts, Set.of("risk", "nele"));
  }

  /** Whoever is in a team by a person's name could give every vote that is asked of that person. */
  @Test
  void shouldRefuseATeamByAPersonsNameAndAPersonByATeams() {
    List<String> team = faults(null, Map.of("bob", List.of("carol")));
    assertTrue(
        team.get(0).startsWith("AIRLOCK_TEAMS holds a team bob, but bob is a person"),
        team::toString);
    assertEquals(List.of(), people.teams("carol"));
    Account max = new Account("max", Role.APPROVER, "password", "max's token");
    assertEquals(1, faults(max, Map.of("max", List.of("carol"))).size());

    database
        .store()
        .membership()
        .change("viewer", Role.VIEWER, List.of("max"), "", Actors.by("admin"));
    List<String> person = faults(max, Map.of());
    assertTrue(
        person.get(0).startsWith("users/max.json makes a person max, but max is a team"),
        person::toString);
    assertTrue(people.byPassword("max", "password").isEmpty());

    database.store().membership().change("viewer", Role.VIEWER, List.of(), "", Actors.by("admin"));
    start(null, Map.of("max", List.of("carol")));
    start(max, Map.of());
    assertTrue(people.byPassword("max", "password").isPresent());
    assertEquals(List.of(), people.teams("carol"));
  }

  @Test
  void shouldSayWhichTeamHasLostItsLastMemberThoughItOwnsNothing() {
    start(null, Map.of("askers", List.of("bob")));
    List<String> said = start(null, Map.of());

    assertTrue(said.get(0).startsWith("Nobody is in team askers any more"), said.toString());
    assertEquals(List.of(), start(null, Map.of()));
  }

  @Test
  void shouldBringPeopleAndTeamsUpToDateWhenRunAgain() {
    start(dora(Role.VIEWER, "first", "token 1"), Map.of());
    start(dora(Role.APPROVER, "second", "token 2"), Map.of("ml-leads", List.of("dora")));

    assertEquals(Optional.of(new Person("dora", Role.APPROVER)), people.byToken("token 2"));
    assertTrue(people.byToken("token 1").isEmpty());
    assertTrue(people.byPassword("dora", "first").isEmpty());
    assertTrue(people.byPassword("dora", "second").isPresent());
    assertEquals(List.of("ml-leads"), people.teams("dora"));
    assertEquals(List.of(), people.teams("bob"));
  }

  @Test
  void shouldTakeItsMembersFromATeamThatIsLeftOut() {
    start(null, Map.of("heads", List.of("bob"), "risk", List.of("carol")));
    start(null, Map.of("risk", List.of("carol")));

    assertEquals(List.of(), people.teams("bob"));
    assertEquals(List.of("risk"), people.teams("carol"));
    start(null, Map.of());
    assertEquals(List.of(), people.teams("carol"));
  }

  @Test
  void shouldShutOutWhoseFileIsGoneAndLetThemInWithTheFile() {
    Account eve = new Account("eve", Role.APPROVER, "password", "eve's token");
    start(eve, Map.of());
    NewSession session = people.signIn("eve", Duration.ofHours(1));
    start(null, Map.of());

    assertTrue(people.byToken("eve's token").isEmpty());
    assertTrue(people.byPassword("eve", "password").isEmpty());
    assertTrue(people.session(session.secret()).isEmpty());

    start(eve, Map.of());
    assertTrue(people.byToken("eve's token").isPresent());
    assertTrue(people.byPassword("eve", "password").isPresent());
    assertTrue(people.session(session.secret()).isEmpty());
  }

  @Test
  void shouldLeaveWhoHasChosenAPasswordAndWhomAnAdminHasDisabledAsTheyAre() {
    Membership membership = database.store().membership();
    Account gil = new Account("gil", Role.VIEWER, "password", "gil's token");
    start(gil, Map.of());
    membership.changeOwnPassword("gil's own password", false, Actors.by("gil"));
    start(null, Map.of());

    assertTrue(people.byToken("gil's token").isEmpty());
    assertTrue(people.byPassword("gil", "gil's own password").isPresent());
    membership.disable("gil", true, Actors.by("admin"));
    start(gil, Map.of());
    assertTrue(people.byPassword("gil", "gil's own password").isEmpty());
  }

  @Test
  void shouldEndAFilesTokenWithItsFileWhereAPageHasMadeThePerson() {
    Membership membership = database.store().membership();
    membership.create(
        new NewPerson("ivy", Role.ENGINEER, List.of(), "one time password", "joins"),
        Actors.by("admin"));
    membership.changeOwnPassword("ivy's own password", false, Actors.by("ivy"));
    Account ivy = new Account("ivy", Role.ADMIN, "a file's password", "ivy's token");
    start(ivy, Map.of());
    assertEquals(Optional.of(new Person("ivy", Role.ENGINEER)), people.byToken("ivy's token"));

    List<String> said = start(null, Map.of());
    assertTrue(people.byToken("ivy's token").isEmpty());
    assertTrue(people.byPassword("ivy", "ivy's own password").isPresent());
    assertTrue(
        said.contains(
            "users/ivy.json is gone: its token is revoked. ivy stands as before. Put the file back and start again where programs need its token."),
        said::toString);
    assertEquals(List.of(), about("ivy", start(null, Map.of())));

    start(ivy, Map.of());
    assertTrue(people.byToken("ivy's token").isPresent());
  }

  private static List<String> about(String name, List<String> said) {
    return said.stream().filter(line -> line.contains(name)).toList();
  }

  /** What a person has ended while the file was gone does not come back with it. */
  @Test
  void shouldNotBringATokenBackThatWasEndedWhileItsFileWasGone() {
    Membership membership = database.store().membership();
    Map<String, Runnable> acts =
        Map.of(
            "jim",
            () -> membership.resetPassword("jim", "one time password", Actors.by("admin")),
            "jon",
            () -> membership.disable("jon", true, Actors.by("admin")),
            "joy",
            () ->
                membership.revokeToken(
                    membership.tokens("joy", null, 9).items().get(0).id(), Actors.by("admin")));
    acts.forEach(
        (name, act) -> {
          Account account = new Account(name, Role.ENGINEER, "password", "token of " + name);
          start(account, Map.of());
          start(null, Map.of());
          act.run();
          start(account, Map.of());
          assertTrue(people.byToken("token of " + name).isEmpty(), name);
        });
    assertTrue(people.byPassword("jon", "password").isEmpty());
    membership.disable("jon", false, Actors.by("admin"));
    membership.changeOwnPassword("jim's own password", false, Actors.by("jim"));
    for (String name : acts.keySet()) {
      assertTrue(people.byToken("token of " + name).isEmpty(), name);
    }
    start(new Account("jon", Role.ENGINEER, "password", "another token"), Map.of());
    assertTrue(people.byToken("another token").isPresent());
  }

  @Test
  void shouldSayWhoIsDisabledSinceTheirFileIsGoneAndWhatUndoesIt() {
    start(new Account("kay", Role.APPROVER, "password", "kay's token"), Map.of());
    assertEquals(
        List.of(
            "users/kay.json is gone: its token is revoked, and kay, who signed in with its password, is disabled. Put the file back and start again; or let an admin enable kay and reset the password."),
        about("kay", start(null, Map.of())));
    assertEquals(List.of(), about("kay", start(null, Map.of())));
  }

  private List<String> audited(String entity, String id) {
    return database.store().audit().list(entity, id, null, null, 50, null).items().stream()
        .map(
            row ->
                "%s %s %s by %s: %s -> %s"
                    .formatted(
                        row.action(),
                        row.entityId(),
                        row.channel(),
                        row.actor(),
                        row.before(),
                        row.after()))
        .toList();
  }

  @Test
  void shouldLeaveARowOfTheAuditForWhatTheConfigurationHasChangedAndNoneForTheRest() {
    Account hal = new Account("hal", Role.VIEWER, "password", "hal's token");
    start(hal, Map.of("movers", List.of("hal")));
    start(hal, Map.of("movers", List.of("hal")));
    start(
        new Account("hal", Role.APPROVER, "password", "hal's token"),
        Map.of("movers", List.of("hal", "bob")));
    start(null, Map.of());

    assertEquals(
        List.of(
            "set-person hal migration by users/hal.json: {\"disabled\":false,\"role\":\"approver\",\"teams\":[\"movers\"]} -> {\"disabled\":true,\"file\":\"gone\",\"role\":\"approver\",\"teams\":[\"movers\"],\"token\":\"revoked\"}",
            "set-person hal migration by users/hal.json: {\"disabled\":false,\"role\":\"viewer\",\"teams\":[\"movers\"]} -> {\"disabled\":false,\"role\":\"approver\",\"teams\":[\"movers\"]}",
            "set-person hal migration by users/hal.json: null -> {\"disabled\":false,\"password\":\"set\",\"role\":\"viewer\",\"teams\":[],\"token\":\"set\"}"),
        audited("person", "hal"));
    assertEquals(
        List.of(
            "set-team movers migration by AIRLOCK_TEAMS: {\"members\":[\"bob\",\"hal\"]} -> {\"members\":[]}",
            "set-team movers migration by AIRLOCK_TEAMS: {\"members\":[\"hal\"]} -> {\"members\":[\"bob\",\"hal\"]}",
            "set-team movers migration by AIRLOCK_TEAMS: {\"members\":[]} -> {\"members\":[\"hal\"]}"),
        audited("team", "movers"));
  }

  @Test
  void shouldNotBringBackTheTokenBeforeWhereALostFileCameBackWithAnother() {
    Account first = new Account("nan", Role.ENGINEER, "password", "nan's first token");
    start(first, Map.of());
    start(null, Map.of());
    start(new Account("nan", Role.ENGINEER, "password", "nan's second token"), Map.of());
    start(first, Map.of());

    assertTrue(people.byToken("nan's first token").isEmpty());
  }

  @Test
  void shouldNameTheTeamWhenAMemberIsUnknown() {
    InvalidConfigurationException refusal =
        assertThrows(
            InvalidConfigurationException.class,
            () -> database.startWith(List.of(), Map.of("risk", List.of("zoe"))));

    assertTrue(refusal.faults().get(0).startsWith("AIRLOCK_TEAMS puts zoe into team risk"));
  }

  @Test
  void shouldKeepPasswordsAsArgon2idAndTokensAsDigests() {
    start(new Account("pia", Role.VIEWER, "password of pia", "token of pia"), Map.of());
    database
        .owner()
        .useHandle(
            handle -> {
              assertTrue(
                  text(handle, "select password_hash from person where name = 'pia'")
                      .startsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
              assertEquals(
                  64, text(handle, "select hash from api_token where person = 'pia'").length());
              assertTrue(
                  text(handle, "select rolpassword from pg_authid where rolname = 'airlock_app'")
                      .startsWith("SCRAM-SHA-256$"));
            });
    assertTrue(people.byPassword("pia", "password of pia").isPresent());
    assertTrue(people.byPassword("pia", "password of carol").isEmpty());
    assertTrue(people.byPassword("stranger", "password of pia").isEmpty());
  }

  private static String text(Handle handle, String query) {
    return handle.createQuery(query).mapTo(String.class).one();
  }

  @Test
  void shouldGiveTheApplicationASchemaForIcebergsCatalog() {
    database
        .application()
        .useHandle(
            handle -> {
              handle.execute("create table iceberg.iceberg_tables (name text)");
              handle.execute("drop table iceberg.iceberg_tables");
            });
  }

  @Test
  void shouldKnowASessionUntilItIsOver() {
    NewSession first = people.signIn("bob", Duration.ofHours(1));
    Session session = people.session(first.secret()).orElseThrow();
    assertEquals("bob", session.person());
    assertEquals(Role.APPROVER, session.role());
    assertEquals(first.csrfToken(), session.csrfToken());

    people.signOut(first.secret());
    assertTrue(people.session(first.secret()).isEmpty());
    NewSession over = people.signIn("bob", Duration.ofSeconds(-1));
    assertTrue(people.session(over.secret()).isEmpty());
    assertEquals(1, people.forgetSessions());
  }

  @Test
  void shouldReportEveryFaultOfTheEnvironmentAtOnce(@TempDir Path home) throws Exception {
    Files.createDirectories(home.resolve("users"));
    Files.writeString(home.resolve("users/eve.json"), "{\"name\":\"eve\"}");
    Environment environment =
        new Environment(
            Map.of(
                "AIRLOCK_HOME",
                home.toString(),
                "AIRLOCK_DATABASE_URL",
                "postgres://localhost/airlock",
                "AIRLOCK_DATABASE_OWNER_PASSWORD_FILE",
                home.resolve("nothing").toString(),
                "AIRLOCK_TEAMS",
                "ml-leads",
                "AIRLOCK_OIDC_TEAMS",
                "risk="));

    MigrateConfig.from(environment);
    StoreConfig.from(environment);
    InvalidConfigurationException faults =
        assertThrows(InvalidConfigurationException.class, environment::verify);

    for (String named :
        List.of(
            "AIRLOCK_DATABASE_URL is 'postgres:",
            "AIRLOCK_DATABASE_OWNER_PASSWORD_FILE: the file",
            "AIRLOCK_DATABASE_PASSWORD_FILE is missing",
            "AIRLOCK_DATABASE_USER is missing",
            "eve.json is no user file",
            "AIRLOCK_TEAMS holds 'ml-leads'",
            "AIRLOCK_OIDC_TEAMS holds 'risk=': expected TEAM=GROUP,GROUP")) {
      assertTrue(
          faults.faults().stream().anyMatch(fault -> fault.contains(named)),
          () -> named + " in " + faults.faults());
    }
  }

  @Test
  void shouldReadUsersAndTeamsFromTheHome(@TempDir Path home) throws Exception {
    Files.createDirectories(home.resolve("users"));
    Files.createDirectories(home.resolve("secrets"));
    Files.writeString(home.resolve("secrets/owner.password"), "owner's\n");
    Files.writeString(home.resolve("secrets/app.password"), "app's\n");
    Files.writeString(
        home.resolve("users/alice.json"),
        """
        {"url":"http://x","name":"alice","role":"approver","password":"p","token":"t"}
        """);
    Environment environment =
        new Environment(
            Map.of(
                "AIRLOCK_HOME",
                home.toString(),
                "AIRLOCK_DATABASE_URL",
                "jdbc:postgresql://127.0.0.1:5432/airlock",
                "AIRLOCK_DATABASE_OWNER_PASSWORD_FILE",
                home.resolve("secrets/owner.password").toString(),
                "AIRLOCK_TEAMS",
                "ml-leads=approver, alice; risk=bob",
                "AIRLOCK_OIDC_TEAMS",
                "ml-leads=heads; risk=risk, audit"));

    MigrateConfig config = MigrateConfig.from(environment);
    environment.verify();

    assertEquals(List.of(new Account("alice", Role.APPROVER, "p", "t")), config.accounts());
    assertEquals(
        Map.of("ml-leads", List.of("approver", "alice"), "risk", List.of("bob")), config.teams());
    assertEquals(Set.of("ml-leads", "risk"), config.providerTeams());
    assertEquals("owner's", config.ownerPassword());
    assertEquals("app's", config.applicationPassword());
    assertEquals(PostgresServer.OWNER, config.owner());
  }

  @Test
  void shouldRefuseAPostgresThatLosesCommits() {
    database
        .owner()
        .useHandle(handle -> handle.execute("alter role airlock_app set synchronous_commit = off"));
    try {
      InvalidConfigurationException refusal =
          assertThrows(
              InvalidConfigurationException.class,
              () -> Store.open(database.storeConfig(), "careless").close());
      assertEquals(1, refusal.faults().size());
      assertTrue(refusal.faults().get(0).contains("synchronous_commit is off; expected on"));
    } finally {
      database
          .owner()
          .useHandle(handle -> handle.execute("alter role airlock_app reset synchronous_commit"));
    }
  }
}
