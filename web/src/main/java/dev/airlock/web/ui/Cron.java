package dev.airlock.web.ui;

import dev.airlock.dsl.graph.ScheduleSpec;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Says when a schedule starts: plain ones in words, others as they are written. */
final class Cron {
  private static final int FIELDS = 5;

  private Cron() {}

  /** "Mon 04:30 UTC", "daily 02:00 UTC", "every 6 h", or the cron expression. */
  static String words(ScheduleSpec schedule) {
    String cron = schedule.cron();
    return cron == null ? interval(schedule) : cron(cron, schedule.zone());
  }

  private static String interval(ScheduleSpec schedule) {
    String every = "every " + length(Objects.requireNonNull(schedule.every()));
    Duration offset = schedule.offset();
    return offset == null ? every : "%s, %s past".formatted(every, length(offset));
  }

  /** "6 h", "1 h 30 m", "2 d". */
  private static String length(Duration duration) {
    StringBuilder words = new StringBuilder();
    part(words, duration.toDays(), "d");
    part(words, duration.toHoursPart(), "h");
    part(words, duration.toMinutesPart(), "m");
    part(words, duration.toSecondsPart(), "s");
    return words.toString();
  }

  private static void part(StringBuilder words, long number, String unit) {
    if (number > 0) {
      words.append(words.isEmpty() ? "" : " ").append(number).append(' ').append(unit);
    }
  }

  private static String cron(String cron, String zone) {
    List<String> fields = List.of(cron.strip().split("\\s+", -1));
    boolean isPlain =
        fields.size() == FIELDS
            && fields.get(0).matches("\\d{1,2}")
            && fields.get(1).matches("\\d{1,2}")
            && fields.get(2).equals("*")
            && fields.get(3).equals("*")
            && fields.get(4).matches("\\*|[A-Za-z]{3}");
    if (!isPlain) {
      return cron + " " + zone;
    }
    String day = fields.get(4).equals("*") ? "daily" : capitalized(fields.get(4));
    return "%s %02d:%02d %s"
        .formatted(day, Integer.parseInt(fields.get(1)), Integer.parseInt(fields.get(0)), zone);
  }

  private static String capitalized(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT)
        + word.substring(1).toLowerCase(Locale.ROOT);
  }
}
