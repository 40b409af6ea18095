package dev.airlock.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes in a CSV file. None of its columns can hold a comma, so none needs quotes; those that
 * are there are taken off.
 *
 * @param rows those that can be sent, by their lines
 * @param faults of the other lines
 * @param lines how many there were, without the heading
 */
record FeedbackFile(List<Row> rows, List<Fault> faults, int lines) {

  private static final List<String> COLUMNS = List.of("prediction_id", "label", "value", "at");

  FeedbackFile {
    rows = List.copyOf(rows);
    faults = List.copyOf(faults);
  }

  /**
   * An outcome.
   *
   * @param line in the file, from 1
   * @param item as REST takes it
   */
  record Row(int line, ObjectNode item) {}

  /** Why a line is refused. */
  record Fault(int line, String reason) {}

  /**
   * Reads a file.
   *
   * @throws CommandException where the heading is not that of such a file
   */
  static FeedbackFile read(Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      List<String> heading = cells(Optional.ofNullable(reader.readLine()).orElse(""));
      requireHeading(file, heading);
      List<Row> rows = new ArrayList<>();
      List<Fault> faults = new ArrayList<>();
      int line = 1;
      int lines = 0;
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        if (!text.isBlank()) {
          lines++;
          add(rows, faults, line, heading, cells(text));
        }
      }
      return new FeedbackFile(rows, faults, lines);
    } catch (MalformedInputException e) {
      throw CommandException.wrongUse(file + " is no text in UTF-8.");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private static void requireHeading(Path file, List<String> heading) {
    for (String column : COLUMNS) {
      if (!heading.contains(column) && !column.equals("value")) {
        throw CommandException.wrongUse(
            "%s, line 1: there is no column %s. Expected the heading %s, got '%s'."
                .formatted(file, column, String.join(",", COLUMNS), String.join(",", heading)));
      }
    }
  }

  private static void add(
      List<Row> rows, List<Fault> faults, int line, List<String> heading, List<String> cells) {
    if (cells.size() != heading.size()) {
      faults.add(
          new Fault(line, "%d columns, expected %d".formatted(cells.size(), heading.size())));
      return;
    }
    try {
      rows.add(new Row(line, item(heading, cells)));
    } catch (BadCell e) {
      faults.add(new Fault(line, e.reason()));
    }
  }

  private static ObjectNode item(List<String> heading, List<String> cells) throws BadCell {
    ObjectNode item =
        Api.JSON
            .createObjectNode()
            .put("predictionId", id(cell(heading, cells, "prediction_id")))
            .put("label", number("label", cell(heading, cells, "label")))
            .put("at", moment(cell(heading, cells, "at")));
    String value = cell(heading, cells, "value");
    return value.isEmpty() ? item.putNull("value") : item.put("value", number("value", value));
  }

  private static String cell(List<String> heading, List<String> cells, String column) {
    int index = heading.indexOf(column);
    return index < 0 ? "" : cells.get(index);
  }

  private static String id(String text) throws BadCell {
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equalsIgnoreCase(text)) {
        return id.toString();
      }
    } catch (IllegalArgumentException e) {
      throw new BadCell("prediction_id", text, "a UUID", e);
    }
    throw new BadCell("prediction_id", text, "a UUID", null);
  }

  private static double number(String column, String text) throws BadCell {
    double number;
    try {
      number = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new BadCell(column, text, "a number", e);
    }
    if (!Double.isFinite(number)) {
      throw new BadCell(column, text, "a finite number", null);
    }
    return number;
  }

  private static String moment(String text) throws BadCell {
    try {
      return text.length() == 10
          ? Instant.parse(text + "T00:00:00Z").toString()
          : Instant.parse(text).toString();
    } catch (DateTimeParseException e) {
      throw new BadCell("at", text, "a moment such as 1998-04-30T00:00:00Z or a date", e);
    }
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.split(",", -1))
        .map(cell -> cell.replace("\uFEFF", "").strip())
        .map(
            cell ->
                cell.length() > 1 && cell.startsWith("\"") && cell.endsWith("\"")
                    ? cell.substring(1, cell.length() - 1)
                    : cell)
        .toList();
  }

  /** A cell that does not hold what its column must. */
  private static final class BadCell extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;

    BadCell(String column, String text, String expected, @Nullable Throwable cause) {
      super(cause);
      this.reason = "%s is '%s', expected %s".formatted(column, text, expected);
    }

    String reason() {
      return reason;
    }
  }
}
