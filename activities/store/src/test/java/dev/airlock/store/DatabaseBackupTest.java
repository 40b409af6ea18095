package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DatabaseBackupTest {

  private static final Path OLD = Path.of("/srv/old/warehouse");
  private static final Path NEW = Path.of("/srv/new/warehouse");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static int counter;

  private TestDatabase database;
  private Scene scene;
  private Approval waiting;
  private long carriedBefore;
  private long carriedJustNow;
  private Path dump;
  private String empty = "";

  @BeforeAll
  void write(@TempDir Path folder) throws SQLException, IOException {
    database = TestDatabase.fresh();
    scene = new Scene(database.store(), new FileArtifactStore(folder.resolve("artifacts")));
    scene.live("gold");
    waiting = scene.opened("silver");
    carriedBefore = scene.run("engineer");
    carriedJustNow = scene.run("engineer");
    database
        .owner()
        .useHandle(
            handle -> {
              handle.execute("update outbox set delivered_at = now() - interval '1 hour'");
              handle.execute(
                  "update outbox set delivered_at = now() where subject = ?", carriedJustNow);
            });
    catalog("file:///srv/old/warehouse/shop/raw/metadata/3.metadata.json");
    dump = Files.createDirectory(folder.resolve("dump"));
    DatabaseDump.write(database.migrateConfig(), dump, Optional.empty(), OptionalLong.empty());
  }

  private void createEmpty() {
    empty = "restored_" + ++counter;
    owner("postgres").useHandle(handle -> handle.execute("create database " + empty));
  }

  @AfterAll
  void close() {
    database.close();
  }

  private static Jdbi owner(String name) {
    PostgresServer server = PostgresServer.shared();
    return Jdbi.create(server.url(name), PostgresServer.OWNER, server.ownerPassword());
  }

  /** As Iceberg's JDBC catalog makes it, which works as the application's role. */
  private void catalog(String location) {
    database
        .applicationOutsidePool()
        .useHandle(
            handle -> {
              handle.execute(
                  """
                  create table iceberg.iceberg_tables (
                    catalog_name varchar(255) not null, table_name varchar(255) not null,
                    metadata_location varchar(1000), primary key (catalog_name, table_name))
                  """);
              handle.execute(
                  "insert into iceberg.iceberg_tables values ('airlock', 'raw', ?)", location);
            });
  }

  private static final DatabaseLoad.Source SOURCE =
      new DatabaseLoad.Source("monday.tar.gz", "5".repeat(64), "ada");

  private MigrateConfig target() {
    return TestDatabase.config(PostgresServer.shared(), empty);
  }

  private void restore() throws SQLException, IOException {
    createEmpty();
    DatabaseLoad.fill(target(), dump, OLD, NEW, false, SOURCE);
  }

  /** What each table holds, as one number; those apart that a restore settles. */
  private static Map<String, String> contents(Jdbi jdbi) {
    return jdbi.withHandle(
        handle -> {
          Map<String, String> all = new TreeMap<>();
          for (String table : DatabaseCatalog.tables(handle, "airlock")) {
            if (!List.of("outbox", "gateway_lease", "gateway_ack", "audit_event", "audit_head")
                .contains(table)) {
              all.put(
                  table,
                  handle
                      .createQuery(
                          "select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from airlock.\"%s\" t"
                              .formatted(table))
                      .mapTo(String.class)
                      .one());
            }
          }
          return all;
        });
  }

  private static List<String> triggers(Handle handle) {
    return DatabaseCatalog.triggersAsTheyAre(handle, "airlock").stream().sorted().toList();
  }

  @Test
  void shouldHoldEveryRowWhenRestored() throws Exception {
    restore();

    Map<String, String> all = contents(database.owner());
    assertEquals(all, contents(owner(empty)));
    assertFalse(all.getOrDefault("decision", "0").startsWith("0"), all::toString);
    assertEquals(
        database.owner().withHandle(DatabaseBackupTest::triggers),
        owner(empty).withHandle(DatabaseBackupTest::triggers),
        "each trigger watches as before");
    try (Handle owner = owner(empty).open()) {
      assertThrows(
          UnableToExecuteStatementException.class,
          () -> owner.execute("delete from airlock.alias_history"));
    }
    try (Store store = Store.open(config(), "restored")) {
      assertTrue(
          store.outbox().isDelivered(OutboxKind.START_RUN, carriedBefore),
          "Temporal's copy knows of it");
      assertFalse(
          store.outbox().isDelivered(OutboxKind.START_RUN, carriedJustNow), "carried once more");
      AuditVerdict audit = store.audit().verify(List.of(database.store().audit().head()));
      assertEquals(List.of(), audit.faults(), "the chain is the one that was signed");
      AuditHead before = database.store().audit().head();
      assertEquals(before.sequence() + 1, audit.rows());
      AuditRow restored = store.audit().span(before.sequence(), audit.rows(), 1).get(0);
      assertEquals("restore", restored.action());
      assertEquals("monday.tar.gz", restored.entityId());
      String said = String.valueOf(restored.after());
      assertTrue(said.contains(before.hash()) && said.contains("5".repeat(64)), said);
      assertTrue(said.contains("\"by\":\"ada\""), said);
      long next = new Scene(store, new FileArtifactStore(dump)).run("engineer");
      assertTrue(next > carriedJustNow, next + " after " + carriedJustNow);
    }
  }

  private StoreConfig config() {
    PostgresServer server = PostgresServer.shared();
    return new StoreConfig(
        server.url(empty), PostgresServer.APPLICATION, server.applicationPassword());
  }

  @Test
  void shouldTellIcebergWhereItsFilesAreWhenTheyHaveMoved() throws Exception {
    restore();

    try (Handle application =
        Jdbi.create(config().url(), config().user(), config().password()).open()) {
      assertEquals(
          "file:///srv/new/warehouse/shop/raw/metadata/3.metadata.json",
          application
              .createQuery("select metadata_location from iceberg.iceberg_tables")
              .mapTo(String.class)
              .one());
      assertEquals(
          1,
          application.execute("update iceberg.iceberg_tables set table_name = 'x'"),
          "the application may write it, as before");
    }
  }

  @Test
  void shouldEndRunsWhenNoTemporalKnowsThem() throws Exception {
    createEmpty();

    DatabaseLoad.fill(target(), dump, OLD, NEW, true, SOURCE);

    try (Store store = Store.open(config(), "restored")) {
      assertTrue(store.runs().find(waiting.runId()).orElseThrow().state().isFinal());
    }
  }

  @Test
  void shouldRefuseADatabaseThatHoldsTables() {
    createEmpty();
    owner(empty)
        .useHandle(
            handle -> {
              handle.execute("create schema airlock");
              handle.execute("create table airlock.mine (n int)");
            });

    String refusal = refusal(dump);

    assertTrue(refusal.contains("holds tables in schema airlock"), refusal);
    assertEquals(Set.of("mine"), contents(owner(empty)).keySet(), "and leave them");
  }

  @Test
  void shouldRefuseASchemaOfANewerRelease(@TempDir Path copy) throws Exception {
    createEmpty();
    copyDump(copy);
    Path file = copy.resolve(DumpedDatabase.FILE);
    Files.writeString(
        file,
        Files.readString(file).replaceFirst("\"schemaVersion\":\\d+", "\"schemaVersion\":9999"));

    String refusal = refusal(copy);

    assertTrue(refusal.contains("schema is at version 9999"), refusal);
    assertEquals(Map.of(), contents(owner(empty)));
  }

  private String refusal(Path from) {
    return String.valueOf(
        assertThrows(
                InvalidConfigurationException.class,
                () -> DatabaseLoad.fill(target(), from, OLD, NEW, false, SOURCE))
            .getMessage());
  }

  @Test
  void shouldLeaveTheDatabaseEmptyWhenATableIsDamaged(@TempDir Path copy) throws Exception {
    createEmpty();
    copyDump(copy);
    Path run = copy.resolve("airlock.run.copy.gz");
    byte[] whole = Files.readAllBytes(run);
    Files.write(run, Arrays.copyOf(whole, whole.length / 2));

    assertThrows(
        IOException.class, () -> DatabaseLoad.fill(target(), copy, OLD, NEW, false, SOURCE));

    assertEquals(Map.of(), contents(owner(empty)));
  }

  /** As managed servers give it: the owner may make roles and schemas, and nothing more. */
  @Test
  void shouldMoveToAServerOfOnesOwnAndBack(@TempDir Path copy, @TempDir Path again)
      throws Exception {
    copyDump(copy);
    Path run = copy.resolve("airlock.run.copy.gz");
    Files.write(run, Arrays.copyOf(Files.readAllBytes(run), 20));
    try (PostgresServer elsewhere = PostgresServer.temporary()) {
      Jdbi superuser =
          Jdbi.create(elsewhere.url("postgres"), PostgresServer.OWNER, elsewhere.ownerPassword());
      superuser.useHandle(
          handle -> {
            handle.execute("create role managed login createrole password 'managed'");
            handle.execute("create database ours owner managed");
          });
      Jdbi managed = Jdbi.create(elsewhere.url("ours"), "managed", "managed");
      MigrateConfig there =
          new MigrateConfig(
              elsewhere.url("ours"),
              "managed",
              "managed",
              elsewhere.applicationPassword(),
              List.of(),
              new TreeMap<>());

      assertThrows(
          IOException.class, () -> DatabaseLoad.fill(there, copy, OLD, NEW, false, SOURCE));
      assertEquals(Map.of(), contents(managed), "nothing is left of what failed");

      DatabaseLoad.fill(there, dump, OLD, NEW, false, SOURCE);
      assertEquals(contents(database.owner()), contents(managed));
      assertEquals(
          database.owner().withHandle(DatabaseBackupTest::triggers),
          managed.withHandle(DatabaseBackupTest::triggers));

      DatabaseDump.write(there, again, Optional.empty(), OptionalLong.empty());
    }
    createEmpty();
    DatabaseLoad.fill(target(), again, NEW, OLD, false, SOURCE);
    assertEquals(contents(database.owner()), contents(owner(empty)));
  }

  private void copyDump(Path copy) throws IOException {
    try (Stream<Path> files = Files.list(dump)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(String.valueOf(file.getFileName())));
      }
    }
  }

  @Test
  void shouldCopyWhatIsCommittedWhenSqliteIsInUse(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("temporal.db");
    Path copy = folder.resolve("copy.db");
    try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = writer.createStatement()) {
      statement.execute("create table t (n int)");
      statement.execute("insert into t values (1)");
      statement.execute("begin immediate");
      statement.execute("insert into t values (2)");
      assertTrue(SqliteCopy.made(file, copy));
      assertEquals(1, rows(copy), "not what is not committed");

      statement.execute("commit");
      statement.execute("begin exclusive");
      assertFalse(SqliteCopy.made(file, folder.resolve("other.db")), "in the middle of a commit");
      statement.execute("rollback");
    }
    SqliteCopy.check(copy);
  }

  private static int rows(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from t")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Test
  void shouldHoldAProcessForAsLongAsItIsOpen(@TempDir Path folder) throws Exception {
    Path ticks = folder.resolve("ticks");
    Path others = folder.resolve("others");
    Process clock = ticking(ticks);
    Process other = ticking(others);
    try {
      Deadline.within(PATIENCE, () -> Files.exists(ticks) && Files.exists(others));
      long stopped;
      try (StoppedProcess held = StoppedProcess.of(clock.pid())) {
        // What it writes through a program that it began may come a moment later.
        await(others, 10);
        stopped = Files.size(ticks);
        await(others, 20);
        assertEquals(stopped, Files.size(ticks));
        assertTrue(held.millis() > 0);
      }
      Deadline.within(PATIENCE, () -> ticks.toFile().length() > stopped);
    } finally {
      clock.destroyForcibly();
      other.destroyForcibly();
    }
  }

  private static Process ticking(Path file) throws IOException {
    return new ProcessBuilder(
            "sh", "-c", "while :; do echo . >> \"$1\"; sleep 0.02; done", "sh", file.toString())
        .start();
  }

  /** Until the other clock has ticked so often once more. */
  private static void await(Path ticks, int more) throws Exception {
    long before = Files.size(ticks);
    Deadline.within(PATIENCE, () -> ticks.toFile().length() >= before + 2L * more);
  }

  @Test
  void shouldSayWhoCannotBeHeld() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();

    assertThrows(IllegalStateException.class, () -> StoppedProcess.of(ended.pid()));
  }
}
