package dev.airlock.dsl;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * One field of a cron expression: a list of {@code *}, a value or a range, perhaps with a step.
 *
 * @param names those of the values, from {@code least} on; empty where they have none
 */
record CronField(String label, int least, int most, List<String> names) {

  private static final List<CronField> FIELDS =
      List.of(
          new CronField("minute", 0, 59, List.of()),
          new CronField("hour", 0, 23, List.of()),
          new CronField("day of month", 1, 31, List.of()),
          new CronField(
              "month",
              1,
              12,
              List.of(
                  "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV",
                  "DEC")),
          new CronField(
              "day of week", 0, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")));

  static void check(String expression, Findings findings) {
    String[] texts = expression.strip().split("\\s+", -1);
    if (texts.length != FIELDS.size()) {
      findings.add(
          "'%s' does not have five fields.".formatted(expression),
          "Cron takes minute, hour, day of month, month, day of week; such as '30 4 * * MON'.");
      return;
    }
    for (int i = 0; i < texts.length; i++) {
      FIELDS.get(i).check(texts[i], expression, findings);
    }
  }

  /** The values that each of the five fields matches; the days of the week from 0, Sunday, to 6. */
  static List<BitSet> values(String expression) {
    String[] texts = expression.strip().split("\\s+", -1);
    List<BitSet> values = new ArrayList<>();
    for (int i = 0; i < texts.length; i++) {
      values.add(FIELDS.get(i).matches(texts[i]));
    }
    BitSet weekDays = values.get(FIELDS.size() - 1);
    if (weekDays.get(7)) {
      weekDays.set(0);
      weekDays.clear(7);
    }
    return values;
  }

  private BitSet matches(String list) {
    BitSet values = new BitSet();
    for (String item : list.split(",", -1)) {
      String[] stepped = item.split("/", -1);
      String[] ends = stepped[0].split("-", -1);
      boolean isAny = stepped[0].equals("*");
      boolean isOne = ends.length == 1 && stepped.length == 1;
      int from = isAny ? least : value(ends[0]).orElseThrow();
      int to =
          isAny || (ends.length == 1 && !isOne) ? most : value(ends[ends.length - 1]).orElseThrow();
      int step = stepped.length == 1 ? 1 : Integer.parseInt(stepped[1]);
      for (int value = from; value <= to; value += step) {
        values.set(value);
      }
    }
    return values;
  }

  private void check(String text, String expression, Findings findings) {
    for (String item : text.split(",", -1)) {
      if (!accepts(item)) {
        findings.add(
            "'%s' in '%s' is no %s.".formatted(text, expression, label),
            "It takes values from %d to %d%s, ranges, lists, and steps such as */2."
                .formatted(least, most, names.isEmpty() ? "" : ", " + names.get(0) + " and so on"));
        return;
      }
    }
  }

  private boolean accepts(String item) {
    String[] stepped = item.split("/", -1);
    boolean steps = stepped.length == 1 || (stepped.length == 2 && stepped[1].matches("[1-9]\\d?"));
    return steps && (stepped[0].equals("*") || acceptsRange(stepped[0]));
  }

  private boolean acceptsRange(String range) {
    String[] ends = range.split("-", -1);
    OptionalInt from = value(ends[0]);
    OptionalInt to = value(ends[ends.length - 1]);
    return ends.length <= 2
        && from.isPresent()
        && to.isPresent()
        && from.getAsInt() <= to.getAsInt();
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
}
