package dev.airlock.spark;

import dev.airlock.workflows.StageOutput.DatasetVersion;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads versions of datasets: always one exact snapshot, wherever main stands. */
final class Stored {

  private Stored() {}

  static Dataset<Row> rows(SparkSession session, DatasetVersion version) {
    return session.sql(select(version));
  }

  /** The query that gives the version's rows. */
  static String select(DatasetVersion version) {
    return "SELECT * FROM %s VERSION AS OF %d"
        .formatted(TableName.of(version.dataset()).sql(), version.snapshotId());
  }
}
