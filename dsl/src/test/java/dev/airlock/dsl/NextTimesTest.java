package dev.airlock.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NextTimesTest {

  @Test
  void shouldNameTheNextMondays() {
    NextTimes times = NextTimes.of(Schedule.cron("30 4 * * MON", "Europe/Berlin"));

    List<Instant> next = times.after(Instant.parse("2026-10-17T00:00:00Z"), 3);

    // The clock is set back on the 25th: half past four is an hour later in UTC from then on.
    assertEquals(
        List.of(
            Instant.parse("2026-10-19T02:30:00Z"),
            Instant.parse("2026-10-26T03:30:00Z"),
            Instant.parse("2026-11-02T03:30:00Z")),
        next);
  }

  @ParameterizedTest
  @CsvSource({
    // A time that the clock jumps over does not come that day.
    "30 2 * * *, Europe/Berlin, 2026-03-28T12:00:00Z, 2026-03-30T00:30:00Z",
    "30 2 * * *, America/New_York, 2026-03-07T12:00:00Z, 2026-03-09T06:30:00Z",
    "30 2 * * *, Australia/Sydney, 2026-10-03T00:00:00Z, 2026-10-04T15:30:00Z",
    "0 0 * * *, America/Havana, 2026-03-07T12:00:00Z, 2026-03-09T04:00:00Z",
    // One that it shows twice comes twice.
    "30 2 * * *, Europe/Berlin, 2026-10-24T12:00:00Z, 2026-10-25T00:30:00Z",
    "30 2 * * *, Europe/Berlin, 2026-10-25T00:30:00Z, 2026-10-25T01:30:00Z",
    "30 1 * * *, America/New_York, 2026-11-01T05:30:00Z, 2026-11-01T06:30:00Z",
    "30 2 * * *, Australia/Sydney, 2026-04-04T15:30:00Z, 2026-04-04T16:30:00Z",
    // Zones without a change, and off the hour.
    "30 4 * * *, Asia/Kolkata, 2026-03-28T23:30:00Z, 2026-03-29T23:00:00Z",
    "0 0 * * *, Asia/Kathmandu, 2026-01-01T00:00:00Z, 2026-01-01T18:15:00Z",
    // Leap days, and the century that has none.
    "0 0 29 2 *, UTC, 2026-01-01T00:00:00Z, 2028-02-29T00:00:00Z",
    "0 0 29 2 *, UTC, 2028-02-29T00:00:00Z, 2032-02-29T00:00:00Z",
    "0 0 31 * *, UTC, 2026-01-31T00:00:00Z, 2026-03-31T00:00:00Z",
    // Either day is enough where both are given.
    "0 0 13 * FRI, UTC, 2026-11-01T00:00:00Z, 2026-11-06T00:00:00Z",
    "0 0 13 * FRI, UTC, 2026-12-11T00:00:00Z, 2026-12-13T00:00:00Z",
    "0 0 * * 7, UTC, 2026-11-21T00:00:00Z, 2026-11-22T00:00:00Z",
    "7/20 * * * *, UTC, 2026-11-21T00:07:00Z, 2026-11-21T00:27:00Z"
  })
  void shouldFollowTheClockOnTheWall(String cron, String zone, Instant after, Instant next) {
    assertEquals(Optional.of(next), NextTimes.of(Schedule.cron(cron, zone)).after(after));
  }

  @Test
  void shouldKeepAnIntervalThroughChangesOfTheClock() {
    NextTimes times = NextTimes.of(Schedule.every(Duration.ofHours(6), Duration.ofMinutes(15)));

    assertEquals(
        List.of(
            Instant.parse("2026-10-25T00:15:00Z"),
            Instant.parse("2026-10-25T06:15:00Z"),
            Instant.parse("2026-10-25T12:15:00Z")),
        times.after(Instant.parse("2026-10-24T18:15:00Z"), 3));
  }

  @Test
  void shouldKeepWithinItsBounds() {
    Instant first = Instant.parse("2026-12-01T00:00:00Z");
    Instant last = Instant.parse("2026-12-02T00:00:00Z");
    for (Schedule schedule :
        List.of(Schedule.cron("0 0 * * *", "UTC"), Schedule.every(Duration.ofDays(1)))) {
      NextTimes times = NextTimes.of(schedule.startingAt(first).endingAt(last));

      assertEquals(List.of(first, last), times.after(Instant.parse("2026-11-01T00:00:00Z"), 9));
      assertEquals(Optional.empty(), times.after(last));
    }
  }

  @Test
  void shouldListWhatLiesBetween() {
    NextTimes times = NextTimes.of(Schedule.cron("0 12 * * *", "UTC"));
    Instant noon = Instant.parse("2026-01-01T12:00:00Z");

    assertEquals(
        List.of(noon.plus(Duration.ofDays(1)), noon.plus(Duration.ofDays(2))),
        times.between(noon, noon.plus(Duration.ofDays(2)), 100));
    assertEquals(1, times.between(noon, noon.plus(Duration.ofDays(2)), 1).size());
  }

  /** Around changes of the clock, minute by minute: all times are found, in order, and no other. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Europe/Berlin",
        "America/New_York",
        "Australia/Sydney",
        "Australia/Lord_Howe",
        "America/Havana",
        "America/Sao_Paulo",
        "Africa/Casablanca",
        "Asia/Kolkata"
      })
  void shouldFindExactlyTheMomentsThatTheClockShows(String zone) {
    SplittableRandom random = new SplittableRandom(zone.hashCode());
    for (int round = 0; round < 40; round++) {
      Instant from = someMidnight(random, ZoneId.of(zone));
      Instant to = from.plus(Duration.ofDays(3));
      Schedule schedule = Schedule.cron(someCron(random), zone);
      NextTimes times = NextTimes.of(schedule);
      List<Instant> shown = new ArrayList<>();
      for (Instant m = from.plusSeconds(60); !m.isAfter(to); m = m.plusSeconds(60)) {
        if (isShown(schedule, m)) {
          shown.add(m);
        }
      }

      assertEquals(shown, times.between(from, to, 10_000), () -> schedule.spec() + " " + from);
    }
  }

  /** Whatever the schedule: the next time is later, and there is none before it. */
  @Test
  void shouldGiveTheSameTimeFromAnyMomentBeforeIt() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 300; round++) {
      Schedule schedule =
          random.nextBoolean()
              ? Schedule.cron(someCron(random), "America/New_York")
              : Schedule.every(Duration.ofSeconds(random.nextInt(1, 400_000)));
      NextTimes times = NextTimes.of(schedule);
      Instant now = Instant.ofEpochSecond(random.nextLong(1_700_000_000L, 2_000_000_000L));
      Instant next = times.after(now).orElseThrow();
      long gap = Duration.between(now, next).toSeconds();

      assertTrue(gap > 0, schedule::toString);
      assertTrue(times.contains(next), schedule::toString);
      assertEquals(next, times.after(now.plusSeconds(random.nextLong(gap))).orElseThrow());
      assertEquals(
          times.after(now, 4).subList(1, 4),
          times.after(next, 3),
          () -> schedule.spec().toString());
    }
  }

  /** Written anew: what the fields and the clock on the wall say of one minute. */
  private static boolean isShown(Schedule schedule, Instant moment) {
    Cron cron = Cron.of(Objects.requireNonNull(schedule.spec().cron()));
    ZonedDateTime wall = moment.atZone(ZoneId.of(schedule.spec().zone()));
    return cron.minutes().get(wall.getMinute())
        && cron.hours().get(wall.getHour())
        && cron.isOn(wall.toLocalDate());
  }

  /** What Temporal is given holds every time. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Havana",
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "America/St_Johns"
      })
  void shouldHoldEveryTimeInUtc(String zone) {
    SplittableRandom random = new SplittableRandom(zone.hashCode());
    for (int round = 0; round < 10; round++) {
      NextTimes times = NextTimes.of(Schedule.cron(someCron(random), zone));
      List<NextTimes> utc =
          times.utcExpressions().stream()
              .map(expression -> NextTimes.of(Schedule.cron(expression, "UTC")))
              .toList();
      Instant from = someMidnight(random, ZoneId.of(zone)).minus(Duration.ofDays(2));
      Instant to = from.plus(Duration.ofDays(35));

      for (Instant time : times.between(from, to, 100)) {
        assertTrue(utc.stream().anyMatch(one -> one.contains(time)), () -> zone + " " + time);
      }
    }
  }

  @Test
  void shouldLookOnlyAroundItsTimesInUtc() {
    assertEquals(
        List.of("30 3 * * 0,1,2", "30 2 * * 0,1,2"),
        NextTimes.of(Schedule.cron("30 4 * * MON", "Europe/Berlin")).utcExpressions());
    assertEquals(
        List.of("0 6 13 * *", "0 6 * * 5"),
        NextTimes.of(Schedule.cron("0 6 13 * FRI", "UTC")).utcExpressions());
    assertEquals(
        List.of("15 22 1,2,28,29,30,31 * *"),
        NextTimes.of(Schedule.cron("0 4 1 * *", "Asia/Kathmandu")).utcExpressions());
  }

  private static Instant someMidnight(SplittableRandom random, ZoneId zone) {
    Instant moment =
        LocalDate.of(2026, 1, 1).plusDays(random.nextInt(365)).atStartOfDay(zone).toInstant();
    ZoneOffsetTransition change = zone.getRules().nextTransition(moment);
    if (change == null || random.nextInt(4) == 0) {
      return moment;
    }
    return change
        .getInstant()
        .minus(Duration.ofDays(1))
        .truncatedTo(java.time.temporal.ChronoUnit.HOURS);
  }

  private static String someCron(SplittableRandom random) {
    return String.join(
        " ",
        some(random, "0", "30", "*/15", "5,50", "10-40/7", "*"),
        some(random, "*", "0-3", "1", "2", "23,0", "*/6"),
        some(random, "*", "*", "*", "1-20", "*/2", "25"),
        some(random, "*", "*", "JAN-DEC", "1-12"),
        some(random, "*", "*", "SUN", "MON-FRI", "5-7", "*/2"));
  }

  private static String some(SplittableRandom random, String... options) {
    return options[random.nextInt(options.length)];
  }
}
