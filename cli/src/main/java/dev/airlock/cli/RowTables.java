package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The first rows of a dataset, as the terminal shows them. */
final class RowTables {

  private static final int WIDEST = 32;

  private RowTables() {}

  /** The rows under their columns' names. */
  static List<String> lines(JsonNode sample) {
    List<String> heads = new ArrayList<>();
    sample.path("columns").forEach(column -> heads.add(column.path("name").asText()));
    Table table = new Table(heads.toArray(String[]::new));
    for (JsonNode row : sample.path("rows")) {
      List<String> cells = new ArrayList<>();
      row.forEach(cell -> cells.add(shown(cell)));
      table.add(cells.toArray(String[]::new));
    }
    return table.lines();
  }

  /** {@code 20 of 6,919 rows; email is masked}. */
  static String note(JsonNode sample) {
    List<String> masked = new ArrayList<>();
    for (JsonNode column : sample.path("columns")) {
      if (column.path("masked").asBoolean()) {
        masked.add(column.path("name").asText());
      }
    }
    String rows =
        "%,d of %,d rows".formatted(sample.path("rows").size(), sample.path("rowCount").asLong());
    return masked.isEmpty() ? rows : rows + "; masked: " + String.join(", ", masked);
  }

  private static String shown(JsonNode cell) {
    String text = cell.isNull() ? "null" : cell.asText().replaceAll("\\s+", " ");
    return text.length() > WIDEST ? text.substring(0, WIDEST - 1) + "…" : text;
  }
}
