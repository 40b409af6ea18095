package dev.airlock.web.ui;

import dev.airlock.dsl.graph.ScheduleSpec;
import java.util.List;
import java.util.Locale;

/** Says when a schedule starts: plain ones in words, others as they are written. */
final class Cron {
  private static final int FIELDS = 5;

  private Cron() {}

  /** "Mon 04:30 UTC", "daily 02:00 UTC", or the cron expression. */
  static String words(ScheduleSpec schedule) {
    List<String> fields = List.of(schedule.cron().strip().split("\\s+", -1));
    boolean isPlain =
        fields.size() == FIELDS
            && fields.get(0).matches("\\d{1,2}")
            && fields.get(1).matches("\\d{1,2}")
            && fields.get(2).equals("*")
            && fields.get(3).equals("*")
            && fields.get(4).matches("\\*|[A-Za-z]{3}");
    if (!isPlain) {
      return schedule.cron() + " " + schedule.zone();
    }
    String day = fields.get(4).equals("*") ? "daily" : capitalized(fields.get(4));
    return "%s %02d:%02d %s"
        .formatted(
            day, Integer.parseInt(fields.get(1)), Integer.parseInt(fields.get(0)), schedule.zone());
  }

  private static String capitalized(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT)
        + word.substring(1).toLowerCase(Locale.ROOT);
  }
}
