package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;

/**
 * What people may do by their role and teams, and how they come in: passwords, sessions, tokens, a
 * provider.
 */
final class MembershipTest extends AmongPeople {

  @Test
  void shouldLetAnAdminMakeAnEngineerAtOnce() {
    create("dora", Role.ENGINEER);
    assertEquals(Role.ENGINEER, profile("dora").role());
    assertEquals(List.of("heads"), profile("dora").teams());
    assertTrue(profile("dora").mustChange());
    assertTrue(people.byPassword("dora", "one time password").isPresent());
    assertEquals(List.of("admin create-person"), audited("dora"));
    assertThrows(TakenNameException.class, () -> create("dora", Role.ENGINEER));
  }

  @Test
  void shouldKeepAnAdminFromChangingHowHeStandsHimself() {
    for (Runnable change :
        List.<Runnable>of(
            () -> membership.change("admin", Role.APPROVER, List.of(), "", by("admin")),
            () -> membership.disable("admin", true, by("admin")),
            () -> membership.resetPassword("admin", "another one here", by("admin")))) {
      assertTrue(refusal(change).startsWith("Nobody changes how they stand"));
    }
    assertTrue(
        refusal(() -> membership.change("viewer", Role.ENGINEER, List.of(), "", by("engineer")))
            .contains("no admin"));
    assertEquals(Role.ADMIN, profile("admin").role());
  }

  @Test
  void shouldTakeRightsAwayAtOnce() {
    membership.change("carol", Role.VIEWER, List.of(), "left the team", by("admin"));
    assertEquals(Role.VIEWER, profile("carol").role());
    assertNull(profile("carol").proposal());
    assertEquals(List.of("admin change-role"), audited("carol"));
  }

  @Test
  void shouldShutADisabledPersonOutOfEverything() {
    NewSession session = people.signIn("bob", Duration.ofHours(1));
    membership.disable("bob", true, by("admin"));
    assertTrue(people.byPassword("bob", "password of bob").isEmpty());
    assertTrue(people.byToken("token of bob").isEmpty());
    assertTrue(people.session(session.secret()).isEmpty());
    assertFalse(entitled("bob", "ml-leads"));

    membership.disable("bob", false, by("admin"));
    assertTrue(people.byPassword("bob", "password of bob").isPresent());
    assertTrue(people.session(session.secret()).isEmpty());
    assertEquals(List.of("admin disable-person", "admin enable-person"), audited("bob"));
  }

  @Test
  void shouldEndEveryTokenWithAResetThatOfTheFileTooAndForGood() {
    Membership.NewToken nightly = membership.createToken("nightly", null, null, by("carol"));
    membership.resetPassword("carol", "a new one time password", by("admin"));
    assertTrue(people.bearer("token of carol").isEmpty());
    assertTrue(people.bearer(nightly.secret()).isEmpty());

    Migrate.migrate(database.migrateConfig());
    assertTrue(people.bearer("token of carol").isEmpty());
    database.startWith(new Account("carol", Role.APPROVER, "password of carol", "a new token"));
    assertTrue(people.bearer("token of carol").isEmpty());
    assertTrue(people.bearer("a new token").orElseThrow().mustChange());
    membership.changeOwnPassword("carol's own new password", false, by("carol"));
    assertFalse(people.bearer("a new token").orElseThrow().mustChange());
  }

  @Test
  void shouldEndOnesTokensWithAPasswordWhereThatIsAskedFor() {
    membership.createToken("nightly", null, null, by("bob"));
    membership.changeOwnPassword("bob's own new password", false, by("bob"));
    assertTrue(people.bearer("token of bob").isPresent());
    membership.changeOwnPassword("another of bob's own", true, by("bob"));
    assertTrue(people.bearer("token of bob").isEmpty());
    assertTrue(
        membership.tokens("bob", null, 9).items().stream()
            .allMatch(token -> "bob".equals(token.revokedBy())));
    assertEquals(2, auditedTokens("revoke-token"));
  }

  private int auditedTokens(String action) {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "select count(*) from audit_event where entity = 'token' and action = :action")
                    .bind("action", action)
                    .mapTo(Integer.class)
                    .one());
  }

  @Test
  void shouldTakeAPasswordThatSomebodyElseHasSetForADayAndForAnHourOfItsUse() {
    create("dora", Role.VIEWER);
    assertTrue(people.usePassword("dora"));
    assertTrue(people.usePassword("dora"));
    later("password_used_at", "dora", Duration.ofMinutes(61));
    assertFalse(people.usePassword("dora"));

    membership.resetPassword("dora", "a second one time password", by("admin"));
    later("password_changed_at", "dora", Duration.ofHours(25));
    assertFalse(people.usePassword("dora"));

    membership.resetPassword("dora", "a third one time password", by("admin"));
    later("password_changed_at", "dora", Duration.ofHours(23));
    assertTrue(people.usePassword("dora"));
    choosesPassword("dora");
    assertTrue(people.byPassword("dora", "a third one time password").isEmpty());
    later("password_changed_at", "dora", Duration.ofHours(99));
    assertTrue(people.usePassword("dora"));
    membership.disable("dora", true, by("admin"));
    assertFalse(people.usePassword("dora"));
    assertFalse(people.usePassword("nobody"));
  }

  /** A form that was sent twice, or whose answer was lost: the one who comes last is in. */
  @Test
  void shouldEndTheSessionBeforeWithEachSignInByAPasswordOfAnother() throws Exception {
    create("dora", Role.VIEWER);
    NewSession first = begun("dora").orElseThrow();
    NewSession second = begun("dora").orElseThrow();
    assertTrue(people.session(first.secret()).isEmpty());
    assertTrue(people.session(second.secret()).isPresent());

    ExecutorService hands = Executors.newFixedThreadPool(2);
    try {
      List<Future<Optional<NewSession>>> twice =
          hands.invokeAll(List.of(() -> begun("dora"), () -> begun("dora")));
      for (Future<Optional<NewSession>> click : twice) {
        assertTrue(click.get(20, TimeUnit.SECONDS).isPresent());
      }
    } finally {
      hands.shutdownNow();
    }
    assertEquals(1, people.sessions("dora", Duration.ofHours(2), 9, null).items().size());

    choosesPassword("dora");
    NewSession own = begun("dora").orElseThrow();
    begun("dora");
    assertTrue(people.session(own.secret()).isPresent());
  }

  private Optional<NewSession> begun(String name) {
    return people.beginByPassword(by(name), Duration.ofHours(1), null, "Firefox");
  }

  @Test
  void shouldMakeNoTokenByATokenThatReachesFurther() {
    Instant day = Instant.now().plus(Duration.ofDays(1));
    membership.createToken("short", null, day, by("engineer"));
    membership.createToken("narrow", List.of("read"), null, by("engineer"));
    for (Instant until : new Instant[] {null, day.plusSeconds(9)}) {
      assertThrows(
          ForbiddenException.class,
          () -> membership.createToken("longer", null, until, byToken("engineer", "short")));
    }
    assertThrows(
        ForbiddenException.class,
        () -> membership.createToken("wider", null, null, byToken("engineer", "narrow")));
    assertThrows(
        ForbiddenException.class,
        () -> membership.createToken("lost", null, null, byToken("engineer", "no such")));
    membership.createToken("child", null, day.minusSeconds(9), byToken("engineer", "short"));
    membership.createToken("whole", null, null, byToken("engineer", "users/engineer.json"));
    assertEquals(5, membership.tokens("engineer", null, 9).items().size());
  }

  private static Acting byToken(String person, String token) {
    return new Acting(person, new Origin(Origin.Channel.API, "10.0.0.9", token, "r-2"));
  }

  @Test
  void shouldChangeAllThatIsWishedOrNothing() {
    PersonChange wish = new PersonChange(Role.ENGINEER, List.of("bob"), true, "leaves");
    assertThrows(ForbiddenException.class, () -> membership.change("viewer", wish, by("admin")));
    assertNull(profile("viewer").disabledAt());
    assertEquals(List.of(), audited("viewer"));
    membership.change("viewer", new PersonChange(Role.ENGINEER, null, true, "leaves"), by("admin"));
    assertNotNull(profile("viewer").disabledAt());
    assertEquals(Role.ENGINEER, profile("viewer").role());
  }

  @Test
  void shouldGiveAProvidersPersonNoNameThatAGraphAsksForOrTheAuditCallsARun() {
    database
        .owner()
        .useHandle(
            handle ->
                handle.execute(
                    """
                    insert into pipeline (name, owner, current_version)
                      values ('churn', 'growth', 1);
                    insert into pipeline_version (pipeline, version, graph_digest, graph,
                        code_digest, published_by)
                      values ('churn', 1, 'g', '{"stages": [
                        {"name": "ask", "work": {"kind": "approval", "by": "ada",
                         "alsoBy": ["grace"], "escalation": {"to": "edsger"}}},
                        {"name": "load", "work": {"kind": "task"}}]}', 'c', 'engineer')
                    """));
    for (String asked : List.of("ada", "grace", "edsger", "run-12")) {
      VouchedPerson wish =
          new VouchedPerson("https://id.example", asked, asked, Role.APPROVER, List.of());
      assertEquals(asked + "-2", membership.signInFrom(wish, by("x").origin()));
    }
    assertThrows(ForbiddenException.class, () -> create("run-12", Role.VIEWER));
    create("ada", Role.VIEWER);
    overtakeTheGraph();
    VouchedPerson grace =
        new VouchedPerson("https://id.example", "another", "grace", Role.APPROVER, List.of());
    assertEquals("grace", membership.signInFrom(grace, by("x").origin()));
  }

  /** One start without the team, and a provider's person would own what it owns. */
  @Test
  void shouldGiveNobodyTheNameOfATeamThatHasVanished() {
    database.startWith(List.of(), Map.of("keepers", List.of("bob")));
    database.startWith(List.of(), Map.of("askers", List.of("bob")));
    assertEquals(List.of("askers"), people.teams("bob"));

    VouchedPerson wish =
        new VouchedPerson("https://id.example", "keepers", "keepers", Role.APPROVER, List.of());
    assertEquals("keepers-2", membership.signInFrom(wish, by("x").origin()));
    assertTrue(
        refusal(() -> create("keepers", Role.VIEWER)).contains("is the name of a role or a team"));
  }

  /** A start that was not told of the provider's teams can't refuse them. */
  @Test
  void shouldBringNobodyIntoAProvidersTeamByAPersonsName() {
    VouchedPerson pia =
        new VouchedPerson(
            "https://id.example", "71", "pia", Role.APPROVER, List.of("bob", "provider-leads"));
    membership.signInFrom(pia, by("x").origin());
    assertEquals(List.of("provider-leads"), people.teams("pia"));
    assertFalse(entitled("pia", "bob"));
    assertTrue(entitled("pia", "provider-leads"));
  }

  /** Publishes a version that asks for nobody by name. */
  private void overtakeTheGraph() {
    database
        .owner()
        .useHandle(
            handle ->
                handle.execute(
                    """
                    insert into pipeline_version (pipeline, version, graph_digest, graph,
                        code_digest, published_by)
                      values ('churn', 2, 'h', '{"stages": []}', 'c', 'engineer');
                    update pipeline set current_version = 2 where name = 'churn'
                    """));
  }

  @Test
  void shouldKnowWhenTheProviderLastVouchedForSomebody() {
    VouchedPerson dave =
        new VouchedPerson("https://id.example", "9", "dave", Role.ENGINEER, List.of());
    membership.signInFrom(dave, by("x").origin());
    String token = membership.createToken("nightly", null, null, by("dave")).secret();
    later("vouched_at", "dave", Duration.ofDays(31));
    Duration month = Duration.ofDays(30);
    assertFalse(people.bearer(token).orElseThrow().isVouchedFor(month, Instant.now()));
    membership.signInFrom(dave, by("x").origin());
    assertTrue(people.bearer(token).orElseThrow().isVouchedFor(month, Instant.now()));
    assertTrue(
        people.bearer("token of bob").orElseThrow().isVouchedFor(Duration.ZERO, Instant.now()));
  }

  @Test
  void shouldBeginASessionInPlaceOfTheOneBeforeAndSaySoInTheAudit() {
    NewSession first = people.begin(by("bob"), Duration.ofHours(1), null, "Firefox");
    NewSession second = people.begin(by("bob"), Duration.ofHours(1), first.secret(), "Firefox");
    assertTrue(people.session(first.secret()).isEmpty());
    assertTrue(people.isKnownAt("bob", "10.0.0.9"));
    assertFalse(people.isKnownAt("bob", "10.0.0.8"));
    assertFalse(people.isKnownAt("carol", "10.0.0.9"));
    people.signOut(second.secret(), by("bob"));
    assertEquals(List.of("bob sign-in", "bob sign-in", "bob sign-out"), audited("bob"));
  }

  @Test
  void shouldNotLetAPersonBeTakenForARoleOrATeam() {
    for (String name : List.of("approver", "ml-leads", "schedule", "Eve", "", "a b")) {
      assertThrows(RuntimeException.class, () -> create(name, Role.VIEWER), name);
    }
    assertTrue(
        refusal(() -> membership.change("viewer", Role.VIEWER, List.of("bob"), "", by("admin")))
            .contains("'bob' is no name of a team"));
  }

  @Test
  void shouldKeepWhatWasChangedWhenTheSystemStartsAgain() {
    membership.changeOwnPassword("bob's own new password", false, by("bob"));
    membership.change("carol", Role.ENGINEER, List.of(), "", by("admin"));
    membership.disable("viewer", true, by("admin"));
    membership.change("engineer", Role.VIEWER, List.of("ml-leads", "growth"), "", by("admin"));
    Migrate.migrate(database.migrateConfig());

    assertTrue(people.byPassword("bob", "password of bob").isEmpty());
    assertTrue(people.byPassword("bob", "bob's own new password").isPresent());
    assertEquals(Role.ENGINEER, profile("carol").role());
    assertNotNull(profile("viewer").disabledAt());
    assertEquals(List.of("growth", "ml-leads"), profile("engineer").teams());
  }

  @Test
  void shouldNotTakeAConfiguredTeamAway() {
    assertTrue(
        refusal(() -> membership.change("bob", Role.APPROVER, List.of(), "", by("admin")))
            .contains("AIRLOCK_TEAMS"));
  }

  @Test
  void shouldEndAllSessionsWithANewPassword() {
    NewSession session = people.signIn("bob", Duration.ofHours(1));
    membership.changeOwnPassword("bob's own new password", false, by("bob"));
    assertTrue(people.session(session.secret()).isEmpty());
    assertEquals(List.of("bob change-password"), audited("bob"));
  }

  @Test
  void shouldKnowATokenUntilItIsRevokedOrOver() {
    Membership.NewToken token =
        membership.createToken("nightly", List.of("read", "start"), null, by("engineer"));
    Bearer bearer = people.bearer(token.secret()).orElseThrow();
    assertEquals("engineer", bearer.person());
    assertEquals(List.of("read", "start"), bearer.scopes());
    assertThrows(
        TakenNameException.class,
        () -> membership.createToken("nightly", null, null, by("engineer")));
    assertNotNull(membership.tokens("engineer", null, 9).items().get(0).lastUsedAt());
    assertFalse(people.bearer(token.secret()).orElseThrow().stale());

    assertThrows(ForbiddenException.class, () -> membership.revokeToken(token.id(), by("bob")));
    membership.revokeToken(token.id(), by("admin"));
    assertTrue(people.bearer(token.secret()).isEmpty());
    assertEquals("admin", membership.tokens("engineer", null, 9).items().get(0).revokedBy());

    Membership.NewToken over =
        membership.createToken(
            "nightly", null, Instant.now().minus(Duration.ofSeconds(1)), by("engineer"));
    assertTrue(people.bearer(over.secret()).isEmpty());
  }

  @Test
  void shouldKeepARevokedTokenOfAFileRevokedUntilTheFileHoldsAnother() {
    ApiToken file = membership.tokens("bob", null, 9).items().get(0);
    assertEquals("users/bob.json", file.name());
    membership.revokeToken(file.id(), by("bob"));
    Migrate.migrate(database.migrateConfig());
    assertTrue(people.byToken("token of bob").isEmpty());

    database.startWith(
        List.of(new Account("bob", Role.APPROVER, "password of bob", "another token")), Map.of());
    assertEquals(Optional.of(new Person("bob", Role.APPROVER)), people.byToken("another token"));
  }

  @Test
  void shouldKnowAProvidersPersonByIssuerAndSubjectAlone() {
    Origin origin = by("x").origin();
    VouchedPerson imposter =
        new VouchedPerson("https://id.example", "7", "admin", Role.VIEWER, List.of());
    assertEquals("admin-2", membership.signInFrom(imposter, origin));
    assertEquals(
        "admin-2",
        membership.signInFrom(
            new VouchedPerson(
                "https://id.example", "7", "new-name", Role.APPROVER, List.of("risk")),
            origin));
    assertEquals(Role.APPROVER, profile("admin-2").role());
    assertEquals(List.of("risk"), profile("admin-2").teams());
    assertEquals(
        "admin-3",
        membership.signInFrom(
            new VouchedPerson("https://other.example", "7", "admin", Role.VIEWER, List.of()),
            origin));
    assertEquals(List.of("admin-2 create-person", "admin-2 change-role"), audited("admin-2"));
    assertTrue(
        refusal(() -> membership.change("admin-2", Role.ADMIN, List.of(), "", by("admin")))
            .contains("provider's groups"));
    assertTrue(people.byPassword("admin-2", "").isEmpty());
  }

  /** Neither what Jdbi has bound nor what PostgreSQL says of the row that it refuses. */
  @Test
  void shouldSayOfAStatementThatFailedNoValueThatItWasGiven() {
    List<Runnable> failing =
        List.of(
            () ->
                people.insertSession("a-hash", "nobody-here", "a-hash", Duration.ZERO, null, null),
            () ->
                Rows.configure(
                        Discretion.connect(
                            database.migrateConfig().url(),
                            database.migrateConfig().owner(),
                            database.migrateConfig().ownerPassword()))
                    .useHandle(
                        handle ->
                            handle
                                .createUpdate(
                                    """
                                    update airlock.person set role = 'king', password_hash = :hash
                                    where name = 'bob'
                                    """)
                                .bind("hash", "a-hash")
                                .execute()));
    for (Runnable statement : failing) {
      JdbiException failure = assertThrows(JdbiException.class, statement::run);
      String said = FailedCommand.sentence("It failed", failure);
      assertFalse(said.contains("a-hash"), said);
      assertTrue(said.contains("constraint") && said.contains("[statement: "), said);
    }
  }

  @Test
  void shouldRefuseTheApplicationEveryOtherHandOnPeopleAndTokens() {
    for (String hand :
        List.of(
            "update person set role = 'admin' where name = 'engineer'",
            "insert into person (name, role) values ('eve', 'admin')",
            "update person set password_hash = ''",
            "insert into api_token (hash, person, name, origin) values ('h', 'admin', 'x', 'page')",
            "update api_token set revoked_at = null",
            "update person_proposal set outcome = 'confirmed'",
            "select standing_of('admin')",
            "select replace_teams('engineer', array['ml-leads'], 'page')")) {
      assertThrows(
          JdbiException.class,
          () -> database.application().useHandle(handle -> handle.execute(hand)),
          hand);
    }
  }
}
