package dev.airlock.dsl;

import dev.airlock.dsl.graph.ScheduleSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The times of a schedule: a pure function, without jitter. A moment is a time of a cron expression
 * if the clock on the wall of its zone shows it then. So one that the clock jumps over does not
 * come, and one that the clock shows twice comes twice; Temporal's Schedules do the same.
 */
public final class NextTimes {

  /** Where Temporal ends to look. */
  private static final int LAST_YEAR = 2100;

  private final ScheduleSpec spec;
  private final ZoneId zone;
  private final @Nullable Cron cron;

  private NextTimes(ScheduleSpec spec) {
    this.spec = spec;
    this.zone = ZoneId.of(spec.zone());
    this.cron = spec.cron() == null ? null : Cron.of(spec.cron());
  }

  /** The times of a schedule as a pipeline has it. */
  public static NextTimes of(Schedule schedule) {
    return of(schedule.spec());
  }

  /**
   * The times of a schedule in a graph.
   *
   * @throws java.time.DateTimeException where its zone is none
   */
  public static NextTimes of(ScheduleSpec spec) {
    return new NextTimes(spec);
  }

  /** The first time after a moment; empty where there is none up to the year 2100. */
  public Optional<Instant> after(Instant moment) {
    return after(moment, 1).stream().findFirst();
  }

  /** The first times after a moment, in their order; fewer where there are fewer. */
  public List<Instant> after(Instant moment, int count) {
    return between(moment, Instant.MAX, count);
  }

  /**
   * The times after one moment and not after another, in their order.
   *
   * @param atMost how many of them
   */
  public List<Instant> between(Instant after, Instant last, int atMost) {
    Instant from = spec.from();
    Instant until = spec.until();
    Instant first = from != null && after.isBefore(from) ? from.minusSeconds(1) : after;
    Instant end = until != null && until.isBefore(last) ? until : last;
    return cron == null ? intervals(first, end, atMost) : cronTimes(cron, first, end, atMost);
  }

  /**
   * Cron expressions in UTC, any of which is enough, that hold all of its times, and others beside
   * them: {@link #contains} tells which are meant. Empty for an interval. Temporal leaves times out
   * and moves others when a clock is set back, so it is given no zone.
   */
  public List<String> utcExpressions() {
    return cron == null ? List.of() : UtcCron.expressions(cron, zone.getRules());
  }

  /** Whether this moment is one of its times. */
  public boolean contains(Instant moment) {
    return !between(moment.minusSeconds(1), moment, 1).isEmpty();
  }

  private List<Instant> intervals(Instant after, Instant last, int atMost) {
    long every = Objects.requireNonNull(spec.every()).toSeconds();
    Duration offset = spec.offset();
    long phase = offset == null ? 0 : offset.toSeconds();
    List<Instant> times = new ArrayList<>();
    long next = (Math.floorDiv(after.getEpochSecond() - phase, every) + 1) * every + phase;
    while (times.size() < atMost && next <= last.getEpochSecond()) {
      times.add(Instant.ofEpochSecond(next));
      next += every;
    }
    return times;
  }

  private List<Instant> cronTimes(Cron expression, Instant after, Instant last, int atMost) {
    List<Instant> times = new ArrayList<>();
    LocalDate day = after.atZone(zone).toLocalDate();
    while (times.size() < atMost
        && day.getYear() <= LAST_YEAR
        && !day.atStartOfDay(zone).toInstant().isAfter(last)) {
      if (!expression.months().get(day.getMonthValue())) {
        day = day.plusMonths(1).withDayOfMonth(1);
        continue;
      }
      if (expression.isOn(day)) {
        onDay(expression, day).stream()
            .filter(time -> time.isAfter(after) && !time.isAfter(last))
            .limit(atMost - times.size())
            .forEach(times::add);
      }
      day = day.plusDays(1);
    }
    return times;
  }

  private SortedSet<Instant> onDay(Cron expression, LocalDate day) {
    SortedSet<Instant> times = new TreeSet<>();
    expression.hours().stream()
        .forEach(
            hour ->
                expression.minutes().stream()
                    .mapToObj(minute -> LocalDateTime.of(day, LocalTime.of(hour, minute)))
                    .forEach(
                        local -> {
                          for (ZoneOffset offset : zone.getRules().getValidOffsets(local)) {
                            times.add(local.toInstant(offset));
                          }
                        }));
    return times;
  }
}
