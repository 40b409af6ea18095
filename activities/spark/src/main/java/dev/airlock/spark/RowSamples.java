package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.workflows.RowSample;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** The first rows of datasets, with masks for personal values. Nothing else leaves the worker. */
public final class RowSamples {

  /** How many rows are kept of a version. */
  static final int KEPT = 100;

  private static final int LONGEST_TEXT = 200;

  private final SparkDatasets datasets;
  private final Mask mask;

  /** Reads through the sessions' catalog. */
  public RowSamples(SparkSessions sessions, Mask mask) {
    this.datasets = new SparkDatasets(sessions);
    this.mask = mask;
  }

  /** The first rows of a version, read from its files without a Spark job. */
  public RowSample of(DatasetVersion version) {
    List<String> names = version.columns().stream().map(ColumnSpec::name).toList();
    try (Stream<dev.airlock.dsl.Row> rows = datasets.open(version).rows()) {
      List<List<@Nullable Object>> first =
          rows.limit(KEPT)
              .map(row -> names.stream().<@Nullable Object>map(row::get).toList())
              .toList();
      return of(version.dataset(), version.snapshotId(), version.rows(), version.columns(), first);
    }
  }

  /** Rows that Spark has collected, in the order of the columns. */
  RowSample of(String dataset, long rowCount, List<ColumnSpec> columns, List<Row> rows) {
    List<List<@Nullable Object>> values = new ArrayList<>();
    for (Row row : rows) {
      List<@Nullable Object> cells = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        cells.add(row.isNullAt(i) ? null : row.get(i));
      }
      values.add(cells);
    }
    return of(dataset, 0, rowCount, columns, values);
  }

  private RowSample of(
      String dataset,
      long snapshotId,
      long rowCount,
      List<ColumnSpec> columns,
      List<List<@Nullable Object>> rows) {
    boolean[] masked = new boolean[columns.size()];
    List<RowSample.Column> shown = new ArrayList<>();
    for (int i = 0; i < masked.length; i++) {
      masked[i] = PersonalColumns.isPersonal(columns.get(i));
      shown.add(new RowSample.Column(columns.get(i).name(), columns.get(i).type(), masked[i]));
    }
    List<List<@Nullable Object>> safe = new ArrayList<>();
    for (List<@Nullable Object> row : rows) {
      List<@Nullable Object> cells = new ArrayList<>();
      for (int i = 0; i < masked.length; i++) {
        cells.add(shown(row.get(i), masked[i]));
      }
      safe.add(cells);
    }
    return new RowSample(dataset, snapshotId, rowCount, shown, safe);
  }

  private @Nullable Object shown(@Nullable Object value, boolean masked) {
    if (value == null) {
      return null;
    }
    if (masked) {
      return mask.of(value);
    }
    if (value instanceof Boolean) {
      return value;
    }
    if (value instanceof Number number) {
      // JSON has no word for what is no number.
      return number instanceof Double d && !Double.isFinite(d) ? number.toString() : number;
    }
    String text = value.toString();
    return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text;
  }
}
