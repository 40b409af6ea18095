package dev.airlock.worker;

import dev.airlock.local.PostgresServer;
import dev.airlock.store.Account;
import dev.airlock.store.Migrate;
import dev.airlock.store.MigrateConfig;
import dev.airlock.store.Role;
import dev.airlock.store.Store;
import dev.airlock.store.StoreConfig;
import java.util.List;
import java.util.TreeMap;

/** One migrated PostgreSQL for all tests of this JVM; each works on names of its own. */
final class WorkerDatabase {

  private static final StoreConfig CONFIG = migrated(PostgresServer.shared());

  private WorkerDatabase() {}

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
