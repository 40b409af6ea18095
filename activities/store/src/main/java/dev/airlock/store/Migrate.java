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
      migrate(config);
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
   * @throws InvalidConfigurationException where accounts or teams can't be as they are said to be
   */
  public static void migrate(MigrateConfig config) {
    verify(config);
    Jdbi jdbi = Rows.configure(Jdbi.create(config.url(), config.owner(), config.ownerPassword()));
    makeSchema(config, MigrationVersion.LATEST);
    jdbi.useTransaction(
        handle -> {
          handle.execute("set local search_path = airlock");
          config.accounts().forEach(account -> upsert(handle, account));
          config.teams().forEach((team, members) -> replace(handle, team, members));
        });
  }

  /** Makes the application's role, and the schema as it was at some version. */
  static void makeSchema(MigrateConfig config, MigrationVersion version) {
    Jdbi.create(config.url(), config.owner(), config.ownerPassword())
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

  /**
   * Inserts, and brings up to date what nobody has changed since: a password or a role that was
   * changed while the system ran stays.
   */
  private static void upsert(Handle handle, Account account) {
    String known = handle.attach(People.class).passwordHash(account.name()).orElse("");
    boolean isSame = !known.isEmpty() && Secrets.matches(account.password(), known);
    handle
        .createUpdate(
            """
            insert into person as p (name, role, password_hash)
            values (:name, :role, :password)
            on conflict (name) do update
              set role = case when p.role_changed_at is null then excluded.role else p.role end,
                  password_hash = case when p.password_changed_at is null
                                  then excluded.password_hash else p.password_hash end
              where p.origin = 'file'
            """)
        .bind("name", account.name())
        .bind("role", account.role())
        .bind("password", isSame ? known : Secrets.hash(account.password()))
        .execute();
    replaceToken(handle, account);
  }

  /** A token that was revoked stays revoked, until the file holds another. */
  private static void replaceToken(Handle handle, Account account) {
    String hash = Secrets.digest(account.token());
    handle
        .createUpdate(
            """
            update api_token set revoked_at = now(), revoked_by = 'users/' || person || '.json'
            where person = :person and origin = 'file' and hash <> :hash and revoked_at is null
            """)
        .bind("person", account.name())
        .bind("hash", hash)
        .execute();
    handle
        .createUpdate(
            """
            insert into api_token (hash, person, name, origin)
            values (:hash, :person, 'users/' || :person || '.json', 'file')
            on conflict (hash) do nothing
            """)
        .bind("person", account.name())
        .bind("hash", hash)
        .execute();
  }

  private static void replace(Handle handle, String team, List<String> members) {
    handle
        .createUpdate("delete from team_member where team = :team and origin = 'file'")
        .bind("team", team)
        .execute();
    for (String member : members) {
      if (handle.attach(People.class).find(member).isEmpty()) {
        throw new InvalidConfigurationException(
            List.of(
                "AIRLOCK_TEAMS puts %s into team %s, but there is no such person: expected one of %s."
                    .formatted(
                        member,
                        team,
                        handle.attach(People.class).list().stream().map(Person::name).toList())));
      }
      handle
          .createUpdate(
              """
              insert into team_member (team, person) values (:team, :person)
              on conflict (team, person) do update set origin = 'file'
              """)
          .bind("team", team)
          .bind("person", member)
          .execute();
    }
  }
}
