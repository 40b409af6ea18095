package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.api.MigrationVersion;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.generic.GenericType;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;

/** What the releases before have left in the database, and what an upgrade makes of it. */
final class UpgradeMigrationTest {

  /** A run that got a version live under the first schema, before there were rollouts. */
  private static final String FIRST_RELEASE =
      """
      insert into pipeline (name, owner) values ('p', 'growth');
      insert into pipeline_version (pipeline, version, graph_digest, graph, code_digest,
                                    published_by)
        values ('p', 1, 'g', '{"stages": [
          {"name": "orders", "work": {"kind": "ingest"}},
          {"name": "evaluate", "work": {"kind": "evaluate",
            "split": {"snapshotColumn": "s", "embargoDays": {"literal": "90"}}}}]}', 'c', 'bob'),
        ('p', 2, 'h', '{"stages": [
          {"name": "evaluate", "work": {"kind": "evaluate",
            "split": {"snapshotColumn": "s", "embargoDays": {"param": "days"}}}}]}', 'c', 'bob'),
        ('p', 3, 'i', '{"stages": []}', 'c', 'bob');
      insert into run (pipeline, version, logical_date, params, requested_by, triggered_by)
        values ('p', 1, now(), '{}', 'bob', 'bob'), ('p', 2, now(), '{"days": "30"}', 'bob', 'bob'),
               ('p', 3, now(), '{}', 'bob', 'bob');
      insert into stage (run_id, name, position, kind)
        select id, name, 0, name from run, (values ('register'), ('approval'), ('deploy')) as s(name);
      insert into model (name) values ('m');
      insert into model_version (model, version, artifact_digest, evidence_digest, run_id, stage,
                                 judgement)
        select 'm', id, 'a' || id, 'e' || id, id, 'register', '{}' from run;
      insert into approval (run_id, stage, model, version, artifact_digest, evidence_digest,
                            asked_of, quorum, requested_by, expires_at)
        values (1, 'approval', 'm', 1, 'a1', 'e1', 'bob', 1, 'bob', now());
      insert into model_command (kind, model, version, approval_id, run_id, stage, requested_by)
        values ('deploy', 'm', 1, 1, 1, 'deploy', 'bob');
      insert into routing (model, epoch, version, artifact_digest, approval_id, command_id, since)
        values ('m', 1, 1, 'a1', 1, 1, now());
      insert into prediction (id, model, version, as_of, at, score, inputs)
        values (gen_random_uuid(), 'm', 1, now(), now(), 0.5, '{}');
      insert into outbox (kind, subject) values ('model-command', 1);
      """;

  @Test
  void shouldTakeAFirstReleaseWithRowsInItToTheLoop() {
    try (TestDatabase database = TestDatabase.ofVersion("1")) {
      Jdbi owner = database.owner();
      owner.useHandle(handle -> handle.createScript(FIRST_RELEASE).execute());

      Migrate.migrate(database.migrateConfig());

      owner.useHandle(
          handle -> {
            assertEquals(
                "1:90 2:30 3:",
                text(
                    handle,
                    """
                    select string_agg(version || ':' || coalesce(horizon_days::text, ''), ' '
                                      order by version)
                    from model_version
                    """));
            LiveRoute live = handle.attach(Models.class).live("m").orElseThrow();
            assertEquals(1, live.version());
            assertEquals(
                List.of("p"),
                handle.attach(Ownership.class).pipelines("m").stream()
                    .map(ModelPipeline::pipeline)
                    .toList());
            assertEquals(0, live.weight());
            assertNull(live.candidate());
            assertThrows(
                UnableToExecuteStatementException.class,
                () -> handle.execute("update model_version set horizon_days = 1"));
          });
    }
  }

  /** They were confirmed before anybody knew whether they are there. */
  @Test
  void shouldLetTheRightToDecideRestOfWhoWasConfirmedBeforeTheyHadChosenAPassword() {
    try (TestDatabase database = TestDatabase.ofVersion("25")) {
      Jdbi owner = database.owner();
      owner.useHandle(
          handle ->
              handle
                  .createScript(
                      """
                      insert into person (name, role, origin, must_change) values
                        ('root', 'admin', 'page', false), ('zoe', 'approver', 'page', true);
                      insert into team_member (team, person, origin) values ('risk', 'zoe', 'page');
                      select audit('root', 'create-person', 'person', 'zoe', null, null, 'web',
                                   null, null, null);
                      """)
                  .execute());

      Migrate.migrate(database.migrateConfig());

      Store store = database.store();
      Profile zoe = store.membership().find("zoe").orElseThrow();
      assertEquals(Role.VIEWER, zoe.role());
      Profile.Proposal asked = zoe.proposal();
      assertEquals(List.of("risk"), asked == null ? null : asked.teams());
      assertEquals("root", asked == null ? null : asked.askedBy());
      assertEquals(Role.ADMIN, store.membership().find("root").orElseThrow().role());
    }
  }

  /** What was refused, or sent by somebody else, is not where a version came from. */
  @Test
  void shouldSayOfVersionsOfBeforeOnlyByWhichWayTheyWerePublished() {
    try (TestDatabase database = TestDatabase.ofVersion("26")) {
      Jdbi owner = database.owner();
      owner.useHandle(
          handle ->
              handle
                  .createScript(
                      """
                      insert into pipeline (name, owner) values ('p', 'growth');
                      insert into pipeline_version (pipeline, version, graph_digest, graph,
                                                    code_digest, published_by, file_name)
                        values ('p', 1, 'g', '{"stages": []}', 'found', 'engineer', 'P.java'),
                               ('p', 2, 'h', '{"stages": []}', 'sent', 'bob', 'P.java');
                      insert into publication (file_name, code_digest, published_by, state, folder)
                        values ('P.java', 'found', 'engineer', 'refused', '/refused'),
                               ('P.java', 'found', 'engineer', 'published', '/pipelines'),
                               ('P.java', 'sent', 'engineer', 'published', '/pipelines'),
                               ('P.java', 'sent', 'bob', 'published', null);
                      """)
                  .execute());

      Migrate.migrate(database.migrateConfig());

      owner.useHandle(
          handle ->
              assertEquals(
                  "1:/pipelines 2:",
                  text(
                      handle,
                      """
                      select string_agg(version || ':' || coalesce(folder, ''), ' ' order by version)
                      from pipeline_version
                      """)));
    }
  }

  /** Before version 26 all of them were said to have gone with their file. */
  @Test
  void shouldNotBringBackByTheUpgradeWhichTokensOfFilesHadEndedForGood() {
    try (TestDatabase database = TestDatabase.ofVersion("25")) {
      Jdbi owner = database.owner();
      owner.useHandle(
          handle ->
              handle
                  .createScript(
                      """
                      insert into person (name, role)
                        values ('lost', 'engineer'), ('reset', 'engineer'), ('out', 'engineer'),
                               ('before', 'engineer'), ('turned', 'engineer'), ('back', 'engineer');
                      select audit('root', 'disable-person', 'person', 'before', null, null, 'web',
                                   null, null, null);
                      """)
                  .execute());
      owner.useHandle(
          handle ->
              handle
                  .createScript(
                      """
                      insert into api_token (hash, person, name, origin, revoked_at, revoked_by)
                        select person || nth, person, file, 'file',
                               clock_timestamp() + nth * interval '1 microsecond', file
                        from (values ('lost', 1), ('reset', 1), ('out', 1), ('before', 1),
                                     ('turned', 1), ('turned', 2), ('back', 2)) as t(person, nth)
                        cross join lateral (select 'users/' || person || '.json' as file) as f;
                      insert into api_token (hash, person, name, origin)
                        values ('back1', 'back', 'users/back.json', 'file');
                      """)
                  .execute());
      owner.useHandle(
          handle ->
              handle
                  .createScript(
                      """
                      select audit('root', 'reset-password', 'person', 'reset', null, null, 'web',
                                   null, null, null);
                      select audit('root', 'disable-person', 'person', 'out', null, null, 'web',
                                   null, null, null);
                      """)
                  .execute());

      Migrate.makeSchema(database.migrateConfig(), MigrationVersion.LATEST);

      assertEquals(
          Map.of(
              "lost1", "users/lost.json",
              "reset1", "a new password",
              "out1", "root",
              "before1", "users/before.json",
              "turned1", "another token of users/turned.json",
              "turned2", "users/turned.json",
              "back1", "nobody",
              "back2", "another token of users/back.json"),
          owner.withHandle(
              handle ->
                  handle
                      .createQuery(
                          "select hash, coalesce(revoked_by, 'nobody') as by from api_token")
                      .setMapKeyColumn("hash")
                      .setMapValueColumn("by")
                      .collectInto(new GenericType<Map<String, String>>() {})));
    }
  }

  @Test
  void shouldKnowTheMinutesOfTrafficThatWasThereBefore() {
    try (TestDatabase database = TestDatabase.ofVersion("27")) {
      Jdbi owner = database.owner();
      owner.useHandle(
          handle ->
              handle.execute(
                  """
                  insert into service_sample (gateway, model, version, at, as_of, requests,
                                              predictions, errors, latency)
                  select 'g', 'm', 1, timestamptz '2026-03-01T10:00:30Z' + n * interval '1 second',
                         '2026-03-01', 1, 2, 0, 'h'
                  from generate_series(1, 600) as n
                  """));

      Migrate.migrate(database.migrateConfig());

      owner.useHandle(
          handle ->
              assertEquals(
                  List.of(58L, 120L, 120L, 120L, 120L, 120L, 120L, 120L, 120L, 120L, 62L),
                  handle
                      .createQuery("select predictions from service_minute order by at")
                      .mapTo(Long.class)
                      .list()));
    }
  }

  @Test
  void shouldKnowTheMinutesOfTrafficThatComesDuringTheUpgrade() {
    try (TestDatabase database = TestDatabase.ofVersion("27");
        Handle gateway = database.owner().open()) {
      gateway.begin();
      gateway.execute(
          """
          insert into service_sample (gateway, model, version, at, as_of, requests, predictions,
                                      errors, latency)
          values ('g', 'm', 1, '2026-03-01T10:00:30Z', '2026-03-01', 1, 2, 0, 'h')
          """);
      CompletableFuture<List<String>> upgrade =
          CompletableFuture.supplyAsync(() -> Migrate.migrate(database.migrateConfig()));
      Deadline.within(Duration.ofSeconds(20), () -> isSomebodyWaiting(database.owner()));
      gateway.commit();
      upgrade.orTimeout(20, TimeUnit.SECONDS).join();

      assertEquals(
          List.of(2L),
          gateway.createQuery("select predictions from service_minute").mapTo(Long.class).list());
    }
  }

  private static boolean isSomebodyWaiting(Jdbi owner) {
    return owner.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select exists (select from pg_stat_activity
                                   where datname = current_database()
                                     and wait_event_type = 'Lock')
                    """)
                .mapTo(Boolean.class)
                .one());
  }

  @Test
  void shouldGoOnFromAChainThatWasWrittenBeforeRolesWereKept() {
    try (TestDatabase database = TestDatabase.ofVersion("25")) {
      Jdbi owner = database.owner();
      owner.useHandle(
          handle -> {
            for (String team : List.of("gone", "größe")) {
              handle.execute(
                  "select audit('AIRLOCK_TEAMS', 'set-team', 'team', ?, null, '{}', 'migration', null, null, null)",
                  team);
            }
          });
      List<String> before =
          owner.withHandle(
              handle ->
                  handle
                      .createQuery("select hash from audit_event order by sequence")
                      .mapTo(String.class)
                      .list());

      Migrate.migrate(database.migrateConfig());

      Store store = database.store();
      AuditVerdict verdict = store.audit().verify(List.of(new AuditHead(2, before.get(1))));
      assertEquals(List.of(), verdict.faults());
      assertTrue(verdict.rows() > 2);
      List<AuditRow> rows = store.audit().span(0, verdict.rows(), 100);
      assertEquals(before, rows.subList(0, 2).stream().map(AuditRow::hash).toList());
      assertNull(rows.get(1).writtenBy());
      assertEquals("airlock_owner", rows.get(2).writtenBy());
      assertTrue(store.ownership().owner("churn", "gone").isKnown());
    }
  }

  private static String text(Handle handle, String query) {
    return handle.createQuery(query).mapTo(String.class).one();
  }
}
