package dev.airlock.spark;

import java.net.URI;
import java.nio.file.Path;

/**
 * Where Spark runs and where it keeps tables.
 *
 * @param master Spark's, such as {@code local[*]}
 * @param databaseUrl of PostgreSQL, such as {@code jdbc:postgresql://127.0.0.1:5432/airlock}; the
 *     catalog's tables lie in its schema {@code iceberg}, in which the user may create tables
 * @param warehouse the folder of the tables' files
 * @param scratch a local folder for what Spark spills
 */
public record SparkConfig(
    String master, String databaseUrl, String user, String password, URI warehouse, Path scratch) {

  /** The catalog's URL: the database's, in the catalog's own schema. */
  String catalogUrl() {
    return databaseUrl + (databaseUrl.contains("?") ? "&" : "?") + "currentSchema=iceberg";
  }

  @Override
  public String toString() {
    return "SparkConfig[master=%s, databaseUrl=%s, user=%s, warehouse=%s, scratch=%s]"
        .formatted(master, databaseUrl, user, warehouse, scratch);
  }
}
