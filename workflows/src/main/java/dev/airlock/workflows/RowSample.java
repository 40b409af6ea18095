package dev.airlock.workflows;

import dev.airlock.dsl.graph.ColumnType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first rows of a dataset as people may see them: personal values are masked before they leave
 * the worker.
 *
 * @param rowCount how many rows there are in all
 * @param rows the values in the order of the columns: text, numbers, dates and moments as text;
 *     where a column is masked, {@code mask:} and eight digits that are the same for the same value
 */
public record RowSample(
    String dataset,
    long snapshotId,
    long rowCount,
    List<Column> columns,
    List<List<@Nullable Object>> rows) {

  public RowSample {
    columns = List.copyOf(columns);
    rows = rows.stream().map(RowSample::copy).toList();
  }

  /**
   * A column of the sample.
   *
   * @param masked whether masks stand in it for values
   */
  public record Column(String name, ColumnType type, boolean masked) {}

  /** The same sample with no more rows than this. */
  public RowSample first(int most) {
    return new RowSample(
        dataset, snapshotId, rowCount, columns, rows.subList(0, Math.min(most, rows.size())));
  }

  /** Values may be null, which {@link List#copyOf} refuses. */
  private static List<@Nullable Object> copy(List<@Nullable Object> row) {
    return Collections.unmodifiableList(new ArrayList<>(row));
  }
}
