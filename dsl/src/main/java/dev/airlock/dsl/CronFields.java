package dev.airlock.dsl;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * The five fields of a cron expression, each a list of {@code *}, a value or a range, perhaps with
 * a step.
 */
enum CronFields {
  MINUTE("minute", 0, 59, List.of()),
  HOUR("hour", 0, 23, List.of()),
  DAY_OF_MONTH("day of month", 1, 31, List.of()),
  MONTH(
      "month",
      1,
      12,
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
  DAY_OF_WEEK("day of week", 0, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"));

  private final String label;
  private final int least;
  private final int most;
  private final List<String> names;

  CronFields(String label, int least, int most, List<String> names) {
    this.label = label;
    this.least = least;
    this.most = most;
    this.names = names;
  }

  static void check(String expression, Findings findings) {
    String[] fields = expression.strip().split("\\s+", -1);
    if (fields.length != values().length) {
      findings.add(
          "'%s' has %d fields.".formatted(expression, fields.length),
          "Cron takes five: minute, hour, day of month, month, day of week; such as '30 4 * * MON'.");
      return;
    }
    for (CronFields field : values()) {
      String text = fields[field.ordinal()];
      if (!field.accepts(text)) {
        findings.add(
            "'%s' in '%s' is no %s.".formatted(text, expression, field.label),
            "It takes values from %d to %d%s, ranges, lists, and steps such as */2."
                .formatted(
                    field.least,
                    field.most,
                    field.names.isEmpty() ? "" : ", " + field.names.get(0) + " and so on"));
      }
    }
  }

  private boolean accepts(String field) {
    for (String item : field.split(",", -1)) {
      String[] stepped = item.split("/", -1);
      if (stepped.length > 2 || (stepped.length == 2 && !isStep(stepped[1]))) {
        return false;
      }
      if (!acceptsRange(stepped[0])) {
        return false;
      }
    }
    return true;
  }

  private boolean acceptsRange(String range) {
    if (range.equals("*")) {
      return true;
    }
    String[] ends = range.split("-", -1);
    if (ends.length > 2) {
      return false;
    }
    OptionalInt from = value(ends[0]);
    OptionalInt to = value(ends[ends.length - 1]);
    return from.isPresent() && to.isPresent() && from.getAsInt() <= to.getAsInt();
  }

  private OptionalInt value(String text) {
    int named = names.indexOf(text.toUpperCase(Locale.ROOT));
    if (named >= 0) {
      return OptionalInt.of(named + least);
    }
    if (!text.matches("\\d{1,2}")) {
      return OptionalInt.empty();
    }
    int number = Integer.parseInt(text);
    return number >= least && number <= most ? OptionalInt.of(number) : OptionalInt.empty();
  }

  private static boolean isStep(String text) {
    return text.matches("[1-9]\\d?");
  }
}
