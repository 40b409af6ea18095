package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.flywaydb.core.api.MigrationVersion;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.PGConnection;

/**
 * Fills an empty database with what {@link DatabaseDump} has written: makes the schema as it was,
 * fills its tables in one transaction, and then brings it up to date. Triggers sleep meanwhile, so
 * that nothing is written anew; foreign keys and checks don't.
 *
 * <p>Facts that were carried to Temporal shortly before the cut are carried once more: by their ids
 * Temporal knows what it has been told before.
 */
public final class DatabaseLoad {

  private static final String APPLICATION = "airlock";
  private static final String ICEBERG = "iceberg";

  /** How absolute paths begin in Iceberg's catalog. */
  private static final List<String> SCHEMES = List.of("file://", "file:", "");

  /** Longer than a call to Temporal can be on its way. */
  private static final String CARRIED_AGAIN = "10 seconds";

  private final MigrateConfig config;
  private final Path folder;
  private final DumpedDatabase dumped;

  private DatabaseLoad(MigrateConfig config, Path folder) throws IOException {
    this.config = config;
    this.folder = folder;
    this.dumped =
        Json.read(Files.readString(folder.resolve(DumpedDatabase.FILE)), DumpedDatabase.class);
  }

  /**
   * Reads what {@link MigrateConfig} reads; AIRLOCK_BACKUP_FOLDER, that of the dump;
   * AIRLOCK_BACKUP_WAREHOUSE_FROM and AIRLOCK_BACKUP_WAREHOUSE_TO, absolute paths, where the files
   * of datasets have moved; AIRLOCK_BACKUP_FORGETS, {@code true} where Temporal's state is lost;
   * AIRLOCK_BACKUP_FILE, AIRLOCK_BACKUP_SHA256 and AIRLOCK_BACKUP_BY, for the audit.
   */
  public static void main(String[] arguments) {
    try {
      Environment environment = new Environment(System.getenv());
      MigrateConfig config = MigrateConfig.from(environment);
      Path folder = environment.path("AIRLOCK_BACKUP_FOLDER", "the folder of a dump");
      Path from = environment.path("AIRLOCK_BACKUP_WAREHOUSE_FROM", "the warehouse of the dump");
      Path to = environment.path("AIRLOCK_BACKUP_WAREHOUSE_TO", "the warehouse to be");
      boolean forgets =
          environment.find("AIRLOCK_BACKUP_FORGETS").filter("true"::equals).isPresent();
      String file = environment.text("AIRLOCK_BACKUP_FILE", "the backup's name");
      String digest = environment.text("AIRLOCK_BACKUP_SHA256", "the backup's SHA-256");
      String by = environment.text("AIRLOCK_BACKUP_BY", "who restores it");
      environment.verify();
      fill(config, folder, from, to, forgets, new Source(file, digest, by));
      System.out.println("READY load");
    } catch (InvalidConfigurationException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    } catch (SQLException | IOException | RuntimeException e) {
      FailedCommand.end("The database can't be filled", e);
    }
  }

  /**
   * What is restored.
   *
   * @param by who does it, as the operating system calls them
   */
  record Source(String file, String sha256, String by) {}

  /**
   * Does all of it, or leaves the database empty.
   *
   * @param forgets whether runs that were under way are ended, since no Temporal knows them
   * @throws InvalidConfigurationException where the database is not empty, or the dump is one that
   *     this release can't read
   */
  static void fill(
      MigrateConfig config, Path folder, Path from, Path to, boolean forgets, Source source)
      throws SQLException, IOException {
    DatabaseLoad load = new DatabaseLoad(config, folder);
    load.refuseFullDatabase();
    load.refuseOtherFormat();
    try {
      load.fill(from, to);
      load.settle(forgets, source);
    } catch (SQLException | IOException | RuntimeException e) {
      load.empty();
      throw e;
    }
  }

  private void refuseOtherFormat() {
    if (dumped.format() > DumpedDatabase.FORMAT) {
      throw refusal(
          "The backup's tables are in format %d; this release reads up to %d. Restore it with the release that made it, or a newer one."
              .formatted(dumped.format(), DumpedDatabase.FORMAT));
    }
    int newest = Migrate.newestVersion(config);
    if (dumped.schemaVersion() > newest) {
      throw refusal(
          "The backup's schema is at version %d; this release knows up to %d. Restore it with the release that made it, or a newer one."
              .formatted(dumped.schemaVersion(), newest));
    }
  }

  private void refuseFullDatabase() {
    try (Handle owner = owners().open()) {
      for (String schema : List.of(APPLICATION, ICEBERG)) {
        if (!DatabaseCatalog.tables(owner, schema).isEmpty()) {
          throw refusal(
              "The database %s holds tables in schema %s: a backup is restored into an empty one."
                  .formatted(config.url(), schema));
        }
      }
    }
  }

  private static InvalidConfigurationException refusal(String sentence) {
    return new InvalidConfigurationException(List.of(sentence));
  }

  private Jdbi owners() {
    return Discretion.connect(config.url(), config.owner(), config.ownerPassword());
  }

  private void fill(Path from, Path to) throws SQLException, IOException {
    Migrate.makeSchema(
        config, MigrationVersion.fromVersion(Integer.toString(dumped.schemaVersion())));
    try (Handle application =
            Discretion.connect(config.url(), Migrate.APPLICATION_ROLE, config.applicationPassword())
                .open();
        Handle owner = owners().open()) {
      application.begin();
      owner.begin();
      fillApplication(owner);
      fillCatalog(application, from, to);
      owner.commit();
      application.commit();
    }
    Migrate.makeSchema(config, MigrationVersion.LATEST);
  }

  private void fillApplication(Handle owner) throws SQLException, IOException {
    Map<String, DumpedDatabase.Dumped> tables =
        dumped.tables().stream()
            .filter(table -> table.schema().equals(APPLICATION))
            .collect(Collectors.toMap(DumpedDatabase.Dumped::name, Function.identity()));
    List<String> ordered = DatabaseCatalog.inOrderOfReferences(owner, APPLICATION);
    List<String> triggers = DatabaseCatalog.triggersAsTheyAre(owner, APPLICATION);
    List<String> qualified = ordered.stream().map(DatabaseLoad::qualified).toList();
    qualified.forEach(table -> owner.execute("alter table " + table + " disable trigger user"));
    // Some migrations write first rows.
    owner.execute("truncate " + String.join(", ", qualified));
    for (String name : ordered) {
      DumpedDatabase.Dumped table = tables.remove(name);
      if (table != null) {
        fill(owner, table);
      }
    }
    if (!tables.isEmpty()) {
      throw refusal("This release's schema has no place for %s.".formatted(tables.keySet()));
    }
    for (DumpedDatabase.Sequence sequence : dumped.sequences()) {
      owner
          .createQuery("select setval(:sequence::regclass, :last, :called)")
          .bind("sequence", qualified(sequence.name()))
          .bind("last", sequence.last())
          .bind("called", sequence.called())
          .mapTo(Long.class)
          .one();
    }
    settle(owner);
    triggers.forEach(owner::execute);
  }

  private static String qualified(String table) {
    return DatabaseCatalog.quoted(APPLICATION) + "." + DatabaseCatalog.quoted(table);
  }

  private void settle(Handle owner) {
    // The gateways that held them answer elsewhere, if at all.
    owner.execute("delete from airlock.gateway_lease");
    owner
        .createUpdate(
            """
            update airlock.outbox set delivered_at = null, due_at = now()
            where delivered_at > :cut::timestamptz - :span::interval
            """)
        .bind("cut", dumped.cutAt())
        .bind("span", CARRIED_AGAIN)
        .execute();
  }

  private void fill(Handle handle, DumpedDatabase.Dumped table) throws SQLException, IOException {
    try (InputStream in =
        new GZIPInputStream(
            new BufferedInputStream(Files.newInputStream(folder.resolve(table.file()))))) {
      long rows =
          handle
              .getConnection()
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn("copy " + table.qualified() + " " + table.list() + " from stdin", in);
      if (rows != table.rows()) {
        throw new IOException(
            "%s took %d rows of %d".formatted(table.qualified(), rows, table.rows()));
      }
    }
  }

  /** Iceberg's own tables: made as they were, and told where the files are now. */
  private void fillCatalog(Handle application, Path from, Path to)
      throws SQLException, IOException {
    for (DumpedDatabase.Dumped table : dumped.tables()) {
      if (table.schema().equals(ICEBERG)) {
        application.execute(table.definition());
        fill(application, table);
        move(application, table, from, to);
      }
    }
  }

  private static void move(Handle application, DumpedDatabase.Dumped table, Path from, Path to) {
    for (String column : table.columns()) {
      if (!List.of("metadata_location", "previous_metadata_location", "property_value")
          .contains(column)) {
        continue;
      }
      for (String scheme : SCHEMES) {
        application
            .createUpdate(
                "update %1$s set %2$s = :new || substr(%2$s, length(:old) + 1) where starts_with(%2$s, :old || '/')"
                    .formatted(table.qualified(), DatabaseCatalog.quoted(column)))
            .bind("old", scheme + from)
            .bind("new", scheme + to)
            .execute();
      }
    }
  }

  /** Whatever the system does from now on comes after the row that says that it was restored. */
  private void settle(boolean forgets, Source source) {
    StoreConfig application =
        new StoreConfig(config.url(), Migrate.APPLICATION_ROLE, config.applicationPassword());
    try (Store store = Store.open(application, "airlock-restore")) {
      store
          .audit()
          .record(
              Acting.within("restore", Origin.Channel.CLI)
                  .did(AuditAction.RESTORE, "backup", source.file())
                  .after(
                      Map.of(
                          "cutAt", dumped.cutAt(),
                          "sha256", source.sha256(),
                          "by", source.by(),
                          "head", store.audit().head())));
      if (forgets) {
        ForgottenRuns.closeAll(
            store,
            "The backup that this system was restored from holds no state of Temporal. Start the run again.");
      }
    }
  }

  private void empty() {
    try (Handle owner = owners().open()) {
      owner.execute("drop schema if exists airlock, iceberg cascade");
    } catch (RuntimeException e) {
      System.err.println("What was begun could not be removed: " + e.getMessage());
    }
  }
}
