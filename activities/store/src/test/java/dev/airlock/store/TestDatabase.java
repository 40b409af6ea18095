package dev.airlock.store;

import dev.airlock.local.PostgresServer;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;

/** A fresh, migrated database with a few people, in a PostgreSQL that this JVM shares. */
final class TestDatabase implements AutoCloseable {

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

  /** As the schema's owner, who may do what the application may not. */
  Jdbi owner() {
    return Rows.configure(owner(server.url(name) + "?currentSchema=airlock", server));
  }

  @Override
  public void close() {
    store.close();
  }

  /** Migrated once for all tests of this JVM. */
  private static final class Template {
    static final String NAME = migrated();

    private static String migrated() {
      create("test_template", "template0");
      Migrate.migrate(config(PostgresServer.shared(), "test_template"));
      return "test_template";
    }
  }
}
