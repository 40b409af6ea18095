package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Writes all rows of PostgreSQL, and Temporal's file, into a folder: both as of one moment, on a
 * running system. Temporal stands still for that moment, so that it hears of nothing, and tells
 * nothing, between the copy of its file and PostgreSQL's snapshot. What comes out is what would be
 * found after a power cut: PostgreSQL holds everything that Temporal has been told of as delivered.
 *
 * <p>Prints {@code CUT} once the moment has passed, and {@code READY dump} at the end.
 */
public final class DatabaseDump {

  private static final String APPLICATION = "airlock";
  private static final String ICEBERG = "iceberg";
  private static final int TRIES = 200;
  private static final long BETWEEN_TRIES_MILLIS = 25;

  private final MigrateConfig config;
  private final Path folder;
  private final Optional<Path> temporalFile;
  private final OptionalLong temporalPid;

  private DatabaseDump(
      MigrateConfig config, Path folder, Optional<Path> temporalFile, OptionalLong temporalPid) {
    this.config = config;
    this.folder = folder;
    this.temporalFile = temporalFile;
    this.temporalPid = temporalPid;
  }

  /**
   * Reads what {@link MigrateConfig} reads; AIRLOCK_BACKUP_FOLDER, which is there and empty;
   * AIRLOCK_BACKUP_TEMPORAL, Temporal's SQLite file, and AIRLOCK_BACKUP_TEMPORAL_PID, where the
   * server runs.
   */
  public static void main(String[] arguments) {
    try {
      Environment environment = new Environment(System.getenv());
      MigrateConfig config = MigrateConfig.from(environment);
      Path folder = environment.path("AIRLOCK_BACKUP_FOLDER", "an empty folder");
      environment.verify();
      new DatabaseDump(
              config,
              folder,
              environment.find("AIRLOCK_BACKUP_TEMPORAL").map(Path::of),
              environment.find("AIRLOCK_BACKUP_TEMPORAL_PID").stream()
                  .mapToLong(Long::parseLong)
                  .findFirst())
          .write();
      System.out.println("READY dump");
    } catch (InvalidConfigurationException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    } catch (SQLException | IOException | RuntimeException e) {
      FailedCommand.end("The database can't be read", e);
    }
  }

  /**
   * Writes it.
   *
   * @param temporalFile left out where Temporal keeps its state elsewhere
   * @param temporalPid the server's process; empty where it does not run
   */
  static void write(
      MigrateConfig config, Path folder, Optional<Path> temporalFile, OptionalLong temporalPid)
      throws SQLException, IOException {
    new DatabaseDump(config, folder, temporalFile, temporalPid).write();
  }

  private void write() throws SQLException, IOException {
    Jdbi owners = Discretion.connect(config.url(), config.owner(), config.ownerPassword());
    Jdbi applications =
        Discretion.connect(config.url(), Migrate.APPLICATION_ROLE, config.applicationPassword());
    try (Handle owner = owners.open();
        Handle application = applications.open()) {
      try {
        write(owner, application);
      } finally {
        application.rollback();
        owner.rollback();
      }
    }
    if (temporalFile.isPresent()) {
      SqliteCopy.check(temporalCopy());
    }
  }

  private void write(Handle owner, Handle application) throws SQLException, IOException {
    Cut cut = cut(owner);
    System.out.println("CUT");
    // The tables of the Iceberg catalog are the application's own.
    begin(application);
    application.execute("set transaction snapshot '" + cut.snapshot() + "'");
    List<DumpedDatabase.Dumped> tables = new ArrayList<>(copied(owner, APPLICATION, false));
    tables.addAll(copied(application, ICEBERG, true));
    DumpedDatabase dumped =
        new DumpedDatabase(
            DumpedDatabase.FORMAT,
            owner.createQuery("show server_version").mapTo(String.class).one(),
            schemaVersion(owner),
            cut.at(),
            cut.stoodMillis(),
            tables,
            DatabaseCatalog.sequences(owner, APPLICATION),
            metadata(application));
    Files.writeString(folder.resolve(DumpedDatabase.FILE), Json.write(dumped));
  }

  private Path temporalCopy() {
    return folder.resolve("temporal.db");
  }

  /**
   * The moment of the backup.
   *
   * @param snapshot by which other connections see the same rows
   * @param stoodMillis how long Temporal was held
   */
  private record Cut(String snapshot, Instant at, long stoodMillis) {}

  private Cut cut(Handle owner) throws SQLException, IOException {
    if (temporalFile.isEmpty()) {
      return snapshot(owner, 0);
    }
    if (temporalPid.isEmpty()) {
      if (!SqliteCopy.made(temporalFile.get(), temporalCopy())) {
        throw new IllegalStateException(
            temporalFile.get() + " is in use: is a Temporal server running on it?");
      }
      return snapshot(owner, 0);
    }
    SqliteCopy.warmUp();
    for (int i = 0; i < TRIES; i++) {
      try (StoppedProcess temporal = StoppedProcess.of(temporalPid.getAsLong())) {
        if (SqliteCopy.made(temporalFile.get(), temporalCopy())) {
          return snapshot(owner, temporal.millis());
        }
      }
      // It was stopped in the middle of a commit, which it ends now.
      Files.deleteIfExists(temporalCopy());
      pause();
    }
    throw new IllegalStateException(
        "Temporal was writing to " + temporalFile.get() + " each time. Try again.");
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_TRIES_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  private static void begin(Handle handle) {
    handle.begin();
    handle.execute("set transaction isolation level repeatable read read only");
  }

  private static Cut snapshot(Handle owner, long stoodMillis) {
    begin(owner);
    return owner
        .createQuery("select pg_export_snapshot() as snapshot, clock_timestamp() as at")
        .map(
            (row, context) ->
                new Cut(row.getString("snapshot"), row.getTimestamp("at").toInstant(), stoodMillis))
        .one();
  }

  private static int schemaVersion(Handle owner) {
    return owner
        .createQuery(
            """
            select max(version::int) from airlock.flyway_schema_history
            where success and version is not null
            """)
        .mapTo(Integer.class)
        .one();
  }

  private List<DumpedDatabase.Dumped> copied(Handle handle, String schema, boolean defined)
      throws SQLException, IOException {
    List<DumpedDatabase.Dumped> all = new ArrayList<>();
    CopyManager copies = handle.getConnection().unwrap(PGConnection.class).getCopyAPI();
    for (String table : DatabaseCatalog.tables(handle, schema)) {
      DumpedDatabase.Dumped one =
          new DumpedDatabase.Dumped(
              schema,
              table,
              DatabaseCatalog.columns(handle, schema, table),
              0,
              defined ? DatabaseCatalog.definition(handle, schema, table) : "");
      all.add(copied(copies, one));
    }
    return all;
  }

  private DumpedDatabase.Dumped copied(CopyManager copies, DumpedDatabase.Dumped table)
      throws SQLException, IOException {
    try (OutputStream out =
        new GZIPOutputStream(
            new BufferedOutputStream(Files.newOutputStream(folder.resolve(table.file()))))) {
      long rows =
          copies.copyOut("copy " + table.qualified() + " " + table.list() + " to stdout", out);
      return new DumpedDatabase.Dumped(
          table.schema(), table.name(), table.columns(), rows, table.definition());
    }
  }

  private static List<String> metadata(Handle application) {
    if (!DatabaseCatalog.tables(application, ICEBERG).contains("iceberg_tables")) {
      return List.of();
    }
    return application
        .createQuery(
            """
            select metadata_location from iceberg.iceberg_tables
            where metadata_location is not null order by 1
            """)
        .mapTo(String.class)
        .list();
  }
}
