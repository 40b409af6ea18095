package dev.airlock.store;

import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.PGConnection;

/**
 * Brings the database up to date, as the schema's owner, before worker and web start: makes the
 * application's role, migrates, and writes down people and teams. May run as often as one likes.
 */
public final class Migrate {

  /** The in-memory Temporal server that starts now knows nothing of the runs before it. */
  private static void closeForgottenRuns(StoreConfig config) {
    try (Store store = Store.open(config, "airlock-migrate")) {
      ForgottenRuns.closeAll(
          store,
          "The in-memory Temporal server was restarted and has forgotten this run. Start it again; with the real server (airlock doctor says how to get it) runs survive.");
    }
  }

  /** The role that worker and web work as. */
  public static final String APPLICATION_ROLE = "airlock_app";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]*");

  private Migrate() {}

  public static void main(String[] arguments) {
    try {
      Environment environment = new Environment(System.getenv());
      MigrateConfig config = MigrateConfig.from(environment);
      boolean forgets =
          environment.find("AIRLOCK_TEMPORAL_MEMORY").filter("true"::equals).isPresent();
      Optional<StoreConfig> forgetful =
          forgets ? Optional.of(StoreConfig.from(environment)) : Optional.empty();
      environment.verify();
      migrate(config).forEach(warning -> System.err.println("WARNING " + warning));
      forgetful.ifPresent(Migrate::closeForgottenRuns);
      System.out.println("READY migrate");
    } catch (InvalidConfigurationException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    } catch (RuntimeException e) {
      FailedCommand.end("The database's schema can't be brought up to date", e);
    }
  }

  /**
   * Does all of it.
   *
   * @return what whoever starts the system must be told, a sentence each
   * @throws InvalidConfigurationException where accounts or teams can't be as they are said to be
   */
  public static List<String> migrate(MigrateConfig config) {
    verify(config);
    Jdbi jdbi =
        Rows.configure(Discretion.connect(config.url(), config.owner(), config.ownerPassword()));
    makeSchema(config, MigrationVersion.LATEST);
    return jdbi.inTransaction(
        handle -> {
          handle.execute("set local search_path = airlock");
          Vouching.set(handle, config.vouched());
          return new ConfiguredPeople(handle)
              .bringAbout(config.accounts(), config.teams(), config.providerTeams());
        });
  }

  /** Makes the application's role, and the schema as it was at some version. */
  static void makeSchema(MigrateConfig config, MigrationVersion version) {
    Discretion.connect(config.url(), config.owner(), config.ownerPassword())
        .useHandle(handle -> makeApplicationRole(handle, config.applicationPassword()));
    migrations(config).target(version).load().migrate();
  }

  /** The newest version that this release knows. */
  static int newestVersion(MigrateConfig config) {
    return Stream.of(migrations(config).load().info().all())
        .map(migration -> migration.getVersion())
        .filter(Objects::nonNull)
        .mapToInt(version -> version.getMajor().intValue())
        .max()
        .orElse(0);
  }

  private static FluentConfiguration migrations(MigrateConfig config) {
    return Flyway.configure()
        .dataSource(config.url(), config.owner(), config.ownerPassword())
        .locations("classpath:dev/airlock/store/migration")
        .schemas("airlock")
        .defaultSchema("airlock");
  }

  private static void verify(MigrateConfig config) {
    List<String> faults =
        config.accounts().stream()
            .filter(account -> !NAME.matcher(account.name()).matches())
            .map(
                account ->
                    "'"
                        + account.name()
                        + "' is no name of a person: expected lower-case letters, digits, dots, hyphens and underscores.")
            .toList();
    if (!faults.isEmpty()) {
      throw new InvalidConfigurationException(faults);
    }
  }

  private static void makeApplicationRole(Handle handle, String password) {
    boolean exists =
        handle
            .createQuery("select exists (select from pg_roles where rolname = :role)")
            .bind("role", APPLICATION_ROLE)
            .mapTo(Boolean.class)
            .one();
    if (!exists) {
      handle.execute("create role " + APPLICATION_ROLE + " login");
    }
    try {
      // The driver hashes the password itself: it reaches neither the server nor its log.
      handle
          .getConnection()
          .unwrap(PGConnection.class)
          .alterUserPassword(APPLICATION_ROLE, password.toCharArray(), "scram-sha-256");
    } catch (SQLException e) {
      throw new IllegalStateException(
          "The password of " + APPLICATION_ROLE + " can't be set: " + e.getMessage(), e);
    }
  }
}
