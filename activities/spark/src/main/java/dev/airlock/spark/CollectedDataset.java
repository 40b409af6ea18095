package dev.airlock.spark;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** A sample, as a task of one's own reads it. */
final class CollectedDataset implements Dataset {

  private final DatasetVersion version;
  private final List<String> columns;
  private final List<Row> rows;

  CollectedDataset(DatasetVersion version, List<Row> rows) {
    this.version = version;
    this.columns = version.columns().stream().map(ColumnSpec::name).toList();
    this.rows = rows;
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
    return rows.size();
  }

  @Override
  public Stream<dev.airlock.dsl.Row> rows() {
    return rows.stream().map(row -> new CollectedRow(columns, row));
  }

  private record CollectedRow(List<String> columns, Row row) implements dev.airlock.dsl.Row {
    @Override
    public @Nullable Object get(String column) {
      int place = columns.indexOf(column);
      if (place < 0) {
        throw new IllegalArgumentException(
            "There is no column '%s'; the columns are %s."
                .formatted(column, String.join(", ", columns)));
      }
      return row.isNullAt(place) ? null : row.get(place);
    }
  }
}
