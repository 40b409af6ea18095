package dev.airlock.workflows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Durations and states as people say them. */
final class Words {

  private Words() {}

  /** {@code 3 days}, {@code 1 hour 30 minutes}, {@code 250 milliseconds}. */
  static String of(Duration duration) {
    List<String> parts = new ArrayList<>();
    add(parts, duration.toDaysPart(), "day");
    add(parts, duration.toHoursPart(), "hour");
    add(parts, duration.toMinutesPart(), "minute");
    add(parts, duration.toSecondsPart(), "second");
    add(parts, duration.toMillisPart(), "millisecond");
    return parts.isEmpty() ? "0 seconds" : String.join(" ", parts);
  }

  /** {@code rolled back}, as in "it ended rolled back". */
  static String of(RolloutState state) {
    return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static void add(List<String> parts, long count, String unit) {
    if (count != 0) {
      parts.add(count + " " + unit + (count == 1 ? "" : "s"));
    }
  }
}
