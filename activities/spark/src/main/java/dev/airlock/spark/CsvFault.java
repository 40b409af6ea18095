package dev.airlock.spark;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing wrong with a file.
 *
 * @param file its name without its folders
 * @param row the line on which the row begins, the header's being 1; null for the file as a whole
 * @param column null for the row as a whole
 * @param expected to be read after "expected"
 * @param found to be read after "found"
 */
record CsvFault(
    String file, @Nullable Long row, @Nullable String column, String expected, String found) {

  private static final int LONGEST_EXCERPT = 40;

  /** Something wrong with the file as a whole. */
  static CsvFault ofFile(String file, String expected, String found) {
    return new CsvFault(file, null, null, expected, found);
  }

  /** What came, in quotes, cut where it is long. */
  static String quote(String text) {
    String shown =
        text.length() > LONGEST_EXCERPT ? text.substring(0, LONGEST_EXCERPT) + "…" : text;
    return '"' + shown.replace("\n", "\\n").replace("\r", "\\r") + '"';
  }

  /**
   * As pages and the command line say it: {@code orders.csv.gz, row 17, column ordered_on: expected
   * a date like 1997-12-31, found "1997-02-30".}
   */
  String sentence() {
    StringBuilder place = new StringBuilder(file);
    if (row != null) {
      place.append(String.format(Locale.ROOT, ", row %d", row));
    }
    if (column != null) {
      place.append(", column ").append(column);
    }
    return "%s: expected %s, found %s.".formatted(place, expected, found);
  }
}
