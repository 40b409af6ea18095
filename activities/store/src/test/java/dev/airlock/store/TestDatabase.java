package dev.airlock.store;

import dev.airlock.local.PostgresServer;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** A fresh, migrated database with a few people, in a PostgreSQL that this JVM shares. */
final class TestDatabase implements AutoCloseable {

  private static final List<String> KEPT =
      List.of("person", "team_member", "known_team", "vouching", "api_token");
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final PostgresServer server;
  private final String name;
  private final Store store;

  private TestDatabase(PostgresServer server, String name) {
    this.server = server;
    this.name = name;
    this.store = Store.open(storeConfig(), "airlock-test");
  }

  static TestDatabase fresh() {
    String name = "test_" + COUNTER.incrementAndGet();
    create(name, Template.NAME);
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
      Migrate.migrate(config(server, "test_template"));
      Jdbi jdbi = owner(server.url("test_template"), server);
      jdbi.useTransaction(Template::forgetAudit);
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
  }
}
