package dev.airlock.dsl;

import java.time.Instant;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tells a cron expression of a zone in UTC. A minute of the wall is a minute of UTC for each offset
 * that the zone has; a day of the wall begins or ends on the day before or after.
 */
final class UtcCron {

  /** Nothing is scheduled for before, and few zones have changed for good since. */
  private static final Instant SINCE = Instant.parse("2020-01-01T00:00:00Z");

  private static final int YEARS = 80;
  private static final int HOUR = 60;
  private static final int DAY = 24 * HOUR;

  private UtcCron() {}

  static List<String> expressions(Cron cron, ZoneRules rules) {
    SortedSet<Integer> offsets = offsets(rules);
    boolean sameDays = offsets.equals(Set.of(0));
    String months = list(sameDays ? cron.months() : widened(cron.months(), 1, 12), 1, 12);
    String days = list(sameDays ? cron.days() : widenedDays(cron.days()), 1, 31);
    String weekDays = list(sameDays ? cron.weekDays() : widened(cron.weekDays(), 0, 6), 0, 6);
    Set<String> expressions = new LinkedHashSet<>();
    for (int offset : offsets) {
      for (String time : times(cron, offset)) {
        if (cron.eitherDay()) {
          expressions.add(String.join(" ", time, days, months, "*"));
          expressions.add(String.join(" ", time, "*", months, weekDays));
        } else {
          expressions.add(String.join(" ", time, days, months, weekDays));
        }
      }
    }
    return List.copyOf(expressions);
  }

  /** In minutes: all that the zone has, or will have as far as is known. */
  private static SortedSet<Integer> offsets(ZoneRules rules) {
    SortedSet<Integer> offsets = new TreeSet<>();
    offsets.add(rules.getOffset(SINCE).getTotalSeconds() / 60);
    ZoneOffsetTransition next = rules.nextTransition(SINCE);
    Instant last = SINCE.plusSeconds(YEARS * 366L * DAY * 60);
    while (next != null && next.getInstant().isBefore(last)) {
      offsets.add(next.getOffsetAfter().getTotalSeconds() / 60);
      next = rules.nextTransition(next.getInstant());
    }
    return offsets;
  }

  /**
   * Minutes and hours: where the offset is not of whole hours, some minutes are of the hour before.
   */
  private static List<String> times(Cron cron, int offset) {
    List<String> times = new ArrayList<>();
    for (int hoursBack : List.of(0, 1)) {
      BitSet minutes = new BitSet();
      cron.minutes().stream()
          .map(minute -> minute - Math.floorMod(offset, HOUR))
          .filter(minute -> minute < 0 == (hoursBack == 1))
          .forEach(minute -> minutes.set(Math.floorMod(minute, HOUR)));
      BitSet hours = new BitSet();
      cron.hours().stream()
          .map(hour -> hour - Math.floorDiv(offset, HOUR) - hoursBack)
          .forEach(hour -> hours.set(Math.floorMod(hour, 24)));
      if (!minutes.isEmpty()) {
        times.add(list(minutes, 0, 59) + " " + list(hours, 0, 23));
      }
    }
    return times;
  }

  private static BitSet widened(BitSet values, int least, int most) {
    int count = most - least + 1;
    BitSet wide = new BitSet();
    values.stream()
        .flatMap(value -> IntStream.of(value - 1, value, value + 1))
        .forEach(value -> wide.set(least + Math.floorMod(value - least, count)));
    return wide;
  }

  /** The day before the first is the last of some month, and the day after the last the first. */
  private static BitSet widenedDays(BitSet days) {
    BitSet wide = widened(days, 1, 31);
    if (days.get(1)) {
      wide.set(28, 32);
    }
    if (days.nextSetBit(28) >= 0) {
      wide.set(1);
    }
    return wide;
  }

  private static String list(BitSet values, int least, int most) {
    if (values.nextClearBit(least) > most) {
      return "*";
    }
    return values.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
  }
}
