package dev.airlock.dsl;

import java.time.LocalDate;
import java.util.BitSet;
import java.util.List;

/**
 * A cron expression, read.
 *
 * @param weekDays from 0, Sunday, to 6
 * @param eitherDay whether day of month and day of week are both given, so that either is enough
 */
record Cron(
    BitSet minutes, BitSet hours, BitSet days, BitSet months, BitSet weekDays, boolean eitherDay) {

  static Cron of(String expression) {
    List<BitSet> values = CronField.values(expression);
    String[] texts = expression.strip().split("\\s+", -1);
    return new Cron(
        values.get(0),
        values.get(1),
        values.get(2),
        values.get(3),
        values.get(4),
        !texts[2].startsWith("*") && !texts[4].startsWith("*"));
  }

  boolean isOn(LocalDate date) {
    boolean day = days.get(date.getDayOfMonth());
    boolean weekDay = weekDays.get(date.getDayOfWeek().getValue() % 7);
    return months.get(date.getMonthValue()) && (eitherDay ? day || weekDay : day && weekDay);
  }
}
