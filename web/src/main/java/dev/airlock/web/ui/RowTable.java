package dev.airlock.web.ui;

import dev.airlock.web.api.FirstRows;
import dev.airlock.workflows.RowSample;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first rows of a dataset as a table.
 *
 * @param note what there is to know of them, or why there are none
 */
public record RowTable(String title, List<Head> heads, List<List<Cell>> rows, String note) {

  private static final int SHOWN = 20;

  /** A column; {@code css} is empty but for numbers. */
  public record Head(String name, String type, String css) {}

  /** A value; {@code css} tells masks, numbers and nothing apart. */
  public record Cell(String text, String css) {}

  static RowTable of(String title, FirstRows.Found found) {
    RowSample sample = found.rows();
    if (sample == null) {
      return new RowTable(
          title,
          List.of(),
          List.of(),
          found.problem() == null
              ? "A worker reads them now; look again in a moment."
              : "They can't be read: " + found.problem());
    }
    List<Head> heads =
        sample.columns().stream()
            .map(
                column ->
                    new Head(
                        column.name(),
                        column.type().name().toLowerCase(java.util.Locale.ROOT),
                        isNumber(column) ? "num" : ""))
            .toList();
    List<List<Cell>> rows = new ArrayList<>();
    for (List<@Nullable Object> row : sample.first(SHOWN).rows()) {
      List<Cell> cells = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        cells.add(cell(row.get(i), sample.columns().get(i)));
      }
      rows.add(cells);
    }
    boolean masked = sample.columns().stream().anyMatch(RowSample.Column::masked);
    return new RowTable(
        title,
        heads,
        rows,
        "%s of %s rows%s"
            .formatted(
                Words.count(rows.size()),
                Words.count(sample.rowCount()),
                masked ? "; personal values are masked, the same value always alike." : "."));
  }

  private static boolean isNumber(RowSample.Column column) {
    return !column.masked()
        && switch (column.type()) {
          case INTEGER, DECIMAL -> true;
          case TEXT, DATE, TIMESTAMP -> false;
        };
  }

  private static Cell cell(@Nullable Object value, RowSample.Column column) {
    if (value == null) {
      return new Cell("null", "dim");
    }
    if (column.masked()) {
      return new Cell(value.toString(), "dim mono");
    }
    return new Cell(value.toString(), isNumber(column) ? "num" : "");
  }
}
