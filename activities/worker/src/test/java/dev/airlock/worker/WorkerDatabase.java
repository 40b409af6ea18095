package dev.airlock.worker;

import dev.airlock.local.PostgresServer;
import dev.airlock.store.Account;
import dev.airlock.store.Migrate;
import dev.airlock.store.MigrateConfig;
import dev.airlock.store.Role;
import dev.airlock.store.Store;
import dev.airlock.store.StoreConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.TreeMap;

/** One migrated PostgreSQL for all tests of this JVM; each works on names of its own. */
final class WorkerDatabase {

  private static final StoreConfig CONFIG = migrated(PostgresServer.shared());

  private WorkerDatabase() {}

  /** Ends every connection that holds the right to publish. */
  static void breakConnectionsThatPublish() {
    PostgresServer postgres = PostgresServer.shared();
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), PostgresServer.OWNER, postgres.ownerPassword());
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          select pg_terminate_backend(pid, 5000) from pg_locks
          where locktype = 'advisory' and granted
            and (classid::bigint << 32) | objid::bigint
                = hashtextextended('airlock.publishing', 0)
          """);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static Store open() {
    return Store.open(CONFIG, "airlock-worker-test");
  }

  private static StoreConfig migrated(PostgresServer postgres) {
    Migrate.migrate(
        new MigrateConfig(
            postgres.url(),
            PostgresServer.OWNER,
            postgres.ownerPassword(),
            postgres.applicationPassword(),
            List.of(new Account("engineer", Role.ENGINEER, "password", "token")),
            new TreeMap<>()));
    return new StoreConfig(
        postgres.url(), PostgresServer.APPLICATION, postgres.applicationPassword());
  }
}
