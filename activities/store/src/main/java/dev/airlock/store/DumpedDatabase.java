package dev.airlock.store;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.List;

/**
 * What {@link DatabaseDump} has written, in {@code database.json} beside the tables' files.
 *
 * @param format of this description and of the files
 * @param server PostgreSQL's version
 * @param schemaVersion the newest migration that the tables had seen
 * @param cutAt the moment of which everything is, by PostgreSQL's clock
 * @param temporalStoodMillis how long Temporal was held; 0 where it was not
 * @param sequences of the application's tables
 * @param metadata where the tables of datasets begin: Iceberg's metadata files
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record DumpedDatabase(
    int format,
    String server,
    int schemaVersion,
    Instant cutAt,
    long temporalStoodMillis,
    List<Dumped> tables,
    List<Sequence> sequences,
    List<String> metadata) {

  /** The format that this release writes. */
  static final int FORMAT = 1;

  static final String FILE = "database.json";

  DumpedDatabase {
    tables = List.copyOf(tables);
    sequences = List.copyOf(sequences);
    metadata = List.copyOf(metadata);
  }

  /**
   * One table, in a file of its own: gzip of what COPY writes as text.
   *
   * @param definition the statement that makes it; empty where the migrations do
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Dumped(String schema, String name, List<String> columns, long rows, String definition) {

    Dumped {
      columns = List.copyOf(columns);
    }

    String file() {
      return schema + "." + name + ".copy.gz";
    }

    /** For SQL. */
    String qualified() {
      return DatabaseCatalog.quoted(schema) + "." + DatabaseCatalog.quoted(name);
    }

    /** For SQL: the columns between parentheses. */
    String list() {
      return "(" + String.join(", ", columns.stream().map(DatabaseCatalog::quoted).toList()) + ")";
    }
  }

  /**
   * Where one stands.
   *
   * @param called whether {@code last} was handed out
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Sequence(String name, long last, boolean called) {}
}
