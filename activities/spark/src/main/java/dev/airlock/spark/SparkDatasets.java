package dev.airlock.spark;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Row;
import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/** Versions of datasets as tasks of one's own read them: row by row, without a Spark job. */
public final class SparkDatasets {

  private final SparkSessions sessions;

  /** Reads through the sessions' catalog. */
  public SparkDatasets(SparkSessions sessions) {
    this.sessions = sessions;
  }

  /** The version, which is read only when its rows are. */
  public Dataset open(DatasetVersion version) {
    return new StoredVersion(version);
  }

  private final class StoredVersion implements Dataset {
    private final DatasetVersion version;

    StoredVersion(DatasetVersion version) {
      this.version = version;
    }

    @Override
    public String name() {
      return version.dataset();
    }

    @Override
    public long snapshotId() {
      return version.snapshotId();
    }

    @Override
    public long rowCount() {
      return version.rows();
    }

    @Override
    public Stream<Row> rows() {
      List<String> names = version.columns().stream().map(ColumnSpec::name).toList();
      CloseableIterable<Record> records =
          IcebergGenerics.read(table()).useSnapshot(version.snapshotId()).build();
      return StreamSupport.stream(records.spliterator(), false)
          .<Row>map(row -> new StoredRow(names, row))
          .onClose(() -> close(records));
    }

    private Table table() {
      try {
        return Tables.of(sessions.session()).existing(version.dataset());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("Interrupted while waiting for Spark.");
      }
    }

    private static void close(CloseableIterable<Record> records) {
      try {
        records.close();
      } catch (IOException e) {
        throw new UncheckedIOException("The dataset's files can't be closed.", e);
      }
    }
  }

  private record StoredRow(List<String> columns, Record row) implements Row {
    @Override
    public @Nullable Object get(String column) {
      if (!columns.contains(column)) {
        throw new IllegalArgumentException(
            "There is no column '%s'; the columns are %s."
                .formatted(column, String.join(", ", columns)));
      }
      Object value = row.getField(column);
      return value instanceof OffsetDateTime moment ? moment.toInstant() : value;
    }
  }
}
