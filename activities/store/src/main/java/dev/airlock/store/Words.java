package dev.airlock.store;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How constants are written in the database, {@code UPSTREAM_FAILED} as {@code upstream-failed},
 * and how durations are said.
 */
final class Words {

  private Words() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@code 2 days}, {@code 1 hour 30 minutes}, {@code 12 seconds}: two units at most. */
  static String time(Duration time) {
    long[] counts = {time.toDays(), time.toHoursPart(), time.toMinutesPart(), time.toSecondsPart()};
    String[] units = {"day", "hour", "minute", "second"};
    StringBuilder text = new StringBuilder();
    for (int i = 0, said = 0; i < counts.length && said < 2; i++) {
      if (counts[i] > 0) {
        text.append(said == 0 ? "" : " ").append(counts[i]).append(' ').append(units[i]);
        text.append(counts[i] == 1 ? "" : "s");
        said++;
      } else if (said == 1) {
        break;
      }
    }
    return text.isEmpty() ? "less than a second" : text.toString();
  }

  /** {@code ada}, {@code ada or bob}, {@code ada, bob or carol}. */
  static String either(List<String> names) {
    int last = names.size() - 1;
    return last < 1
        ? String.join("", names)
        : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }

  static <E extends Enum<E>> E read(Class<E> type, String word) {
    return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
