package dev.airlock.store;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import dev.airlock.local.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.flywaydb.core.api.MigrationVersion;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** A fresh, migrated database with a few people, in a PostgreSQL that this JVM shares. */
final class TestDatabase implements AutoCloseable {

  private static final List<String> KEPT =
      List.of("person", "team_member", "known_team", "vouching", "api_token");
  private static final AtomicInteger COUNTER = new AtomicInteger();

  /** Databases to copy, by the version that each was migrated to. */
  private static final Map<String, String> OF_VERSIONS = new ConcurrentHashMap<>();

  private final PostgresServer server;
  private final String name;
  private final Store store;

  private TestDatabase(PostgresServer server, String name) {
    this.server = server;
    this.name = name;
    this.store = Store.open(storeConfig(), "airlock-test");
  }

  static TestDatabase fresh() {
    return copyOf(Template.NAME);
  }

  /** With the schema as it was at some version, and nobody and nothing in it. */
  static TestDatabase ofVersion(String version) {
    return copyOf(OF_VERSIONS.computeIfAbsent(version, TestDatabase::migratedTo));
  }

  private static String migratedTo(String version) {
    String name = "test_version_" + version;
    create(name, "template0");
    Migrate.makeSchema(
        config(PostgresServer.shared(), name), MigrationVersion.fromVersion(version));
    return name;
  }

  private static TestDatabase copyOf(String template) {
    String name = "test_" + COUNTER.incrementAndGet();
    create(name, template);
    return new TestDatabase(PostgresServer.shared(), name);
  }

  private static void create(String name, String template) {
    PostgresServer server = PostgresServer.shared();
    owner(server.url("postgres"), server)
        .useHandle(handle -> handle.execute("create database " + name + " template " + template));
  }

  /** In a server of the test's own, such as one that it kills. */
  static TestDatabase in(PostgresServer server) {
    Migrate.migrate(config(server, PostgresServer.DATABASE));
    return new TestDatabase(server, PostgresServer.DATABASE);
  }

  static MigrateConfig config(PostgresServer server, String database) {
    TreeMap<String, List<String>> teams = new TreeMap<>();
    teams.put("ml-leads", List.of("approver", "bob", "engineer"));
    return new MigrateConfig(
        server.url(database),
        PostgresServer.OWNER,
        server.ownerPassword(),
        server.applicationPassword(),
        List.of(
            account("viewer", Role.VIEWER),
            account("engineer", Role.ENGINEER),
            account("approver", Role.APPROVER),
            account("bob", Role.APPROVER),
            account("carol", Role.APPROVER),
            account("admin", Role.ADMIN)),
        teams);
  }

  private static Account account(String name, Role role) {
    return new Account(name, role, "password of " + name, "token of " + name);
  }

  private static Jdbi owner(String url, PostgresServer server) {
    return Jdbi.create(url, PostgresServer.OWNER, server.ownerPassword());
  }

  StoreConfig storeConfig() {
    return new StoreConfig(
        server.url(name), PostgresServer.APPLICATION, server.applicationPassword());
  }

  MigrateConfig migrateConfig() {
    return config(server, name);
  }

  /** The accounts of the configuration and this one, in place of one of the same name. */
  List<Account> accountsAnd(Account account) {
    return Stream.concat(
            migrateConfig().accounts().stream()
                .filter(known -> !known.name().equals(account.name())),
            Stream.of(account))
        .toList();
  }

  /** Starts with this account too. */
  List<String> startWith(Account account) {
    return startWith(accountsAnd(account), migrateConfig().teams());
  }

  /**
   * Starts with these accounts, in these teams and no others.
   *
   * @return what the start says
   */
  List<String> startWith(List<Account> accounts, Map<String, List<String>> teams) {
    return startWith(accounts, teams, Set.of(), migrateConfig().vouched());
  }

  /** Starts where groups of a provider make people members of these teams. */
  List<String> startWith(List<Account> accounts, Set<String> providerTeams) {
    MigrateConfig usual = migrateConfig();
    return startWith(accounts, usual.teams(), providerTeams, usual.vouched());
  }

  /** Starts where a provider's word lasts for so long. */
  List<String> startWith(Duration vouched) {
    MigrateConfig usual = migrateConfig();
    return startWith(usual.accounts(), usual.teams(), Set.of(), vouched);
  }

  private List<String> startWith(
      List<Account> accounts,
      Map<String, List<String>> teams,
      Set<String> providerTeams,
      Duration vouched) {
    MigrateConfig usual = migrateConfig();
    return Migrate.migrate(
        new MigrateConfig(
            usual.url(),
            usual.owner(),
            usual.ownerPassword(),
            usual.applicationPassword(),
            accounts,
            new TreeMap<>(teams),
            providerTeams,
            vouched));
  }

  Store store() {
    return store;
  }

  /** As the application's role, as the store works. */
  Jdbi application() {
    return store.jdbi();
  }

  /** The same role, on connections that nobody else gets afterwards. */
  Jdbi applicationOutsidePool() {
    StoreConfig config = storeConfig();
    return Rows.configure(Jdbi.create(config.url(), config.user(), config.password()));
  }

  /** As the schema's owner, who may do what the application may not. */
  Jdbi owner() {
    return Rows.configure(owner(server.url(name) + "?currentSchema=airlock", server));
  }

  /** Empty again but for the people and their teams: quicker than another database. */
  TestDatabase emptied() {
    owner()
        .useTransaction(
            handle -> {
              handle.execute("set local session_replication_role = replica");
              tables(handle).forEach(table -> handle.execute("delete from " + table));
              for (String kept : KEPT) {
                handle.execute(
                    "insert into %1$s overriding system value table public.%1$s".formatted(kept));
              }
              handle.execute("insert into audit_head (sequence, hash) values (0, repeat('0', 64))");
            });
    return this;
  }

  private static List<String> tables(Handle handle) {
    return handle
        .createQuery(
            """
            select tablename from pg_tables
            where schemaname = 'airlock' and tablename <> 'flyway_schema_history'
            """)
        .mapTo(String.class)
        .list();
  }

  @Override
  public void close() {
    store.close();
  }

  /** Migrated once for all tests of this JVM. */
  private static final class Template {
    static final String NAME = migrated();

    private static String migrated() {
      PostgresServer server = PostgresServer.shared();
      create("test_template", "template0");
      MigrateConfig config = config(server, "test_template");
      Migrate.migrate(config);
      Jdbi jdbi = owner(server.url("test_template"), server);
      jdbi.useTransaction(Template::forgetAudit);
      jdbi.useTransaction(handle -> weaken(handle, config.accounts()));
      for (String kept : KEPT) {
        jdbi.useHandle(
            h -> h.execute("create table public.%1$s as table airlock.%1$s".formatted(kept)));
      }
      return "test_template";
    }

    /**
     * Tests tell of their own changes: the people of the configuration are there from the start.
     */
    private static void forgetAudit(Handle handle) {
      handle.execute("set local session_replication_role = replica");
      handle.execute("delete from airlock.audit_event");
      handle.execute("update airlock.audit_head set sequence = 0, hash = repeat('0', 64)");
    }

    /**
     * The same passwords, kept as weakly as it goes: each start checks that of everybody who has a
     * file, and six of the usual strength take it a second.
     */
    private static void weaken(Handle handle, List<Account> accounts) {
      Argon2Function weak = Argon2Function.getInstance(8, 1, 1, 32, Argon2.ID);
      handle.execute("set local session_replication_role = replica");
      for (Account account : accounts) {
        handle.execute(
            "update airlock.person set password_hash = ? where name = ?",
            Password.hash(account.password()).addRandomSalt(16).with(weak).getResult(),
            account.name());
      }
    }
  }
}
