package dev.airlock.store;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.workflows.StageOutput;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.json.Json;

/**
 * A published version of a dataset.
 *
 * @param snapshotId Iceberg's
 * @param runId the run whose {@code stage} published it
 */
public record DatasetRow(
    long id,
    String dataset,
    long runId,
    String stage,
    long snapshotId,
    long rowCount,
    @Json List<ColumnSpec> columns,
    Instant publishedAt) {

  /** As a stage hands it on. */
  public StageOutput.DatasetVersion output() {
    return new StageOutput.DatasetVersion(dataset, snapshotId, rowCount, null, columns);
  }
}
