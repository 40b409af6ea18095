package dev.airlock.worker;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Row;
import java.util.stream.Stream;

/**
 * A dataset as a task is given it. Where Airlock's own PostgreSQL is away while the task reads it,
 * that is no failure of the task's.
 */
record ReachedDataset(Dataset dataset) implements Dataset {

  @Override
  public String name() {
    return dataset.name();
  }

  @Override
  public long snapshotId() {
    return dataset.snapshotId();
  }

  @Override
  public long rowCount() {
    return dataset.rowCount();
  }

  @Override
  public Stream<Row> rows() {
    try {
      return dataset.rows();
    } catch (RuntimeException e) {
      throw StageErrors.toThrow(e);
    }
  }
}
