package dev.airlock.dsl;

import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.dsl.graph.ScheduleSpec.Overlap;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * When a pipeline starts by itself. Immutable: each method gives another schedule. A run's logical
 * date is the time that it was scheduled for.
 */
public final class Schedule {

  /** The most that Temporal makes up for. */
  private static final Duration ALL = Duration.ofDays(3_650);

  /** The least that Temporal makes up for: a time that is a little late is still its time. */
  private static final Duration NONE = Duration.ofSeconds(10);

  /** What Temporal can write down. */
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private final ScheduleSpec spec;

  private Schedule(ScheduleSpec spec) {
    this.spec = spec;
  }

  /**
   * At the times that a cron expression names, by the clock on the wall of a zone. A time that the
   * clock jumps over does not come that day; one that comes twice, when the clock is set back,
   * starts a run each time. Where day of month and day of week are both given, either is enough.
   *
   * @param expression five fields: minute, hour, day of month, month, day of week; such as {@code
   *     30 4 * * MON}
   * @param zone an IANA time zone, such as {@code UTC}
   */
  public static Schedule cron(String expression, String zone) {
    return new Schedule(new ScheduleSpec(expression, zone));
  }

  /**
   * Every so often, counted from the start of 1970 in UTC: every six hours is at 0, 6, 12 and 18
   * o'clock.
   *
   * @param interval whole seconds, at least one
   */
  public static Schedule every(Duration interval) {
    return every(interval, Duration.ZERO);
  }

  /**
   * As {@link #every(Duration)}, each time later by an offset.
   *
   * @param offset whole seconds, less than the interval
   */
  public static Schedule every(Duration interval, Duration offset) {
    return new Schedule(
        new ScheduleSpec(
            null, "UTC", interval, offset.isZero() ? null : offset, null, null, null, null, null));
  }

  /** Starts each run up to so much later, by chance, so that pipelines of one time spread out. */
  public Schedule jitter(Duration most) {
    return with(most, spec.catchUp(), spec.overlap(), spec.from(), spec.until());
  }

  /**
   * How late a time may still be made up for that was missed because Airlock was down; a year where
   * nothing is said. Times before the schedule was there, and those in a pause, are not made up
   * for: see {@code airlock backfill}.
   *
   * @param window at least 10 s
   */
  public Schedule catchUp(Duration window) {
    return with(spec.jitter(), window, spec.overlap(), spec.from(), spec.until());
  }

  /** How late a time may still be made up for that was missed because Airlock was down. */
  public Schedule catchUp(CatchUp which) {
    return catchUp(which == CatchUp.ALL ? ALL : NONE);
  }

  /**
   * What becomes of a time while an earlier scheduled run goes on; both may where nothing is said.
   */
  public Schedule overlap(Overlap policy) {
    return with(spec.jitter(), spec.catchUp(), policy, spec.from(), spec.until());
  }

  /** No time before this moment. */
  public Schedule startingAt(Instant first) {
    return with(spec.jitter(), spec.catchUp(), spec.overlap(), first, spec.until());
  }

  /** No time after this moment. */
  public Schedule endingAt(Instant last) {
    return with(spec.jitter(), spec.catchUp(), spec.overlap(), spec.from(), last);
  }

  /** Which of the times that were missed, because Airlock was down, are made up for. */
  public enum CatchUp {
    /** None that is later than 10 s. */
    NONE,
    /** All of them, in their order. */
    ALL
  }

  private Schedule with(
      @Nullable Duration jitter,
      @Nullable Duration catchUp,
      @Nullable Overlap overlap,
      @Nullable Instant from,
      @Nullable Instant until) {
    return new Schedule(
        new ScheduleSpec(
            spec.cron(),
            spec.zone(),
            spec.every(),
            spec.offset(),
            jitter,
            catchUp,
            overlap,
            from,
            until));
  }

  ScheduleSpec spec() {
    return spec;
  }

  ScheduleSpec spec(Findings findings) {
    Findings here = findings.at("schedule");
    int before = findings.all().size();
    checkTimes(here);
    checkZone(here);
    checkSettings(here);
    if (findings.all().size() == before && NextTimes.of(spec).after(Instant.EPOCH).isEmpty()) {
      here.add(
          "'%s' names a day that never comes."
              .formatted(spec.cron() == null ? spec.every() : spec.cron()),
          "Name one that is in the calendar, such as '0 0 28 2 *', within the schedule's bounds.");
    }
    return spec;
  }

  private void checkTimes(Findings here) {
    Duration every = spec.every();
    if (spec.cron() != null) {
      CronField.check(spec.cron(), here);
    } else if (every != null) {
      Duration offset = spec.offset() == null ? Duration.ZERO : spec.offset();
      if (every.compareTo(Duration.ofSeconds(1)) < 0 || !isWholeSeconds(every)) {
        here.add(
            "Its interval is %s.".formatted(every), "Use whole seconds, at least one of them.");
      } else if (offset.isNegative() || !isWholeSeconds(offset) || offset.compareTo(every) >= 0) {
        here.add(
            "Its offset is %s, its interval %s.".formatted(offset, every),
            "Use whole seconds, less than the interval.");
      }
    }
  }

  private static boolean isWholeSeconds(Duration duration) {
    return duration.equals(Duration.ofSeconds(duration.toSeconds()));
  }

  private void checkZone(Findings here) {
    try {
      ZoneId.of(spec.zone());
    } catch (DateTimeException e) {
      here.add(
          "'%s' is no time zone.".formatted(spec.zone()),
          Names.nearest(spec.zone(), ZoneId.getAvailableZoneIds())
              .map("Did you mean '%s'?"::formatted)
              .orElse("Name one of the IANA time zones, such as 'Europe/Berlin' or 'UTC'."));
    }
  }

  private void checkSettings(Findings here) {
    Duration jitter = spec.jitter();
    if (jitter != null && jitter.isNegative()) {
      here.add("Its jitter is %s.".formatted(jitter), "Use zero or more.");
    }
    Duration catchUp = spec.catchUp();
    if (catchUp != null && catchUp.compareTo(NONE) < 0) {
      here.add(
          "Its window to catch up is %s.".formatted(catchUp),
          "Use at least %s, or CatchUp.NONE.".formatted(NONE));
    }
    Instant from = spec.from();
    Instant until = spec.until();
    if (from != null && until != null && !from.isBefore(until)) {
      here.add(
          "It ends at %s, and starts at %s.".formatted(until, from), "Let it end after its start.");
    }
    checkBound("starts", from, here);
    checkBound("ends", until, here);
  }

  private static void checkBound(String does, @Nullable Instant bound, Findings here) {
    if (bound != null && (bound.isBefore(EARLIEST) || bound.isAfter(LATEST))) {
      here.add(
          "It %s at %s.".formatted(does, bound),
          "Use a moment of the years 1 to 9999, or leave it out.");
    }
  }
}
