package dev.airlock.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class WindowsTest {
  private static final long FIRST = -2_000_000_000L;
  private static final long LAST = 4_000_000_000L;

  @Property
  void shouldTileTimeWithMonths(
      @ForAll @LongRange(min = FIRST, max = LAST) long second,
      @ForAll @IntRange(min = 1, max = 24) int months) {
    assertTiles(Windows.of(Period.ofMonths(months)), Instant.ofEpochSecond(second));
  }

  @Property
  void shouldTileTimeWithDays(
      @ForAll @LongRange(min = FIRST, max = LAST) long second,
      @ForAll @IntRange(min = 1, max = 400) int days) {
    assertTiles(Windows.of(Period.ofDays(days)), Instant.ofEpochSecond(second));
  }

  private static void assertTiles(Windows windows, Instant moment) {
    Window window = windows.at(moment);
    assertTrue(!window.opens().isAfter(moment) && window.closes().isAfter(moment));
    assertEquals(window, windows.at(window.opens()));
    assertEquals(window, windows.at(window.closes().minusMillis(1)));
    assertEquals(window.closes(), windows.at(window.closes()).opens());
    assertEquals(window.opens(), windows.at(window.opens().minusMillis(1)).closes());
    assertEquals(windows.at(window.opens().minusMillis(1)), windows.lastClosed(moment));
  }

  @Property
  void shouldLeaveNoGapBetweenTwoMoments(
      @ForAll @LongRange(min = FIRST, max = LAST) long second,
      @ForAll @IntRange(max = 100_000_000) int later,
      @ForAll @IntRange(min = 1, max = 5) int months) {
    Instant first = Instant.ofEpochSecond(second);
    Instant last = first.plusSeconds(later);
    Windows calendar = Windows.of(Period.ofMonths(months));
    List<Window> windows = calendar.over(first, last);
    assertEquals(calendar.at(first), windows.get(0));
    assertEquals(calendar.at(last), windows.get(windows.size() - 1));
    for (int i = 1; i < windows.size(); i++) {
      assertEquals(windows.get(i - 1).closes(), windows.get(i).opens());
    }
  }

  @Test
  void shouldKnowFebruaryAndTheEndOfTheYear() {
    Windows months = Windows.of(Period.ofMonths(1));
    assertEquals(
        window("1996-02-01", "1996-03-01"), months.at(Instant.parse("1996-02-29T23:59:59Z")));
    assertEquals(window("1997-02-01", "1997-03-01"), months.at(midnight("1997-02-28")));
    assertEquals(window("1997-12-01", "1998-01-01"), months.at(midnight("1997-12-31")));
    assertEquals(window("1998-01-01", "1998-02-01"), months.at(midnight("1998-01-01")));
    assertEquals(
        window("1998-01-01", "1998-04-01"),
        Windows.of(Period.ofMonths(3)).at(midnight("1998-02-28")));
    assertEquals(
        window("1998-01-01", "1999-01-01"),
        Windows.of(Period.ofYears(1)).at(midnight("1998-12-31")));
  }

  @Test
  void shouldBeginWeeksOnMondays() {
    Window week = Windows.of(Period.ofDays(7)).at(midnight("1998-01-01"));
    assertEquals(window("1997-12-29", "1998-01-05"), week);
    assertEquals(
        DayOfWeek.MONDAY, LocalDate.ofInstant(week.opens(), ZoneOffset.UTC).getDayOfWeek());
  }

  @Test
  void shouldGoBackSixHundredWindowsAtMost() {
    List<Window> windows =
        Windows.of(Period.ofMonths(1)).over(midnight("0001-01-01"), midnight("1998-03-15"));
    assertEquals(600, windows.size());
    assertEquals(window("1948-04-01", "1948-05-01"), windows.get(0));
    assertEquals(window("1998-03-01", "1998-04-01"), windows.get(599));
  }

  @Test
  void shouldReadLikeACalendar() {
    assertEquals("January 1998", window("1998-01-01", "1998-02-01").words());
    assertEquals("December 1997 to February 1998", window("1997-12-01", "1998-03-01").words());
    assertEquals("5 January 1998", window("1998-01-05", "1998-01-06").words());
    assertEquals("29 December 1997 to 4 January 1998", window("1997-12-29", "1998-01-05").words());
  }

  @Test
  void shouldRefuseWhatIsNoCalendar() {
    assertThrows(IllegalArgumentException.class, () -> Windows.of(Period.ZERO));
    assertThrows(IllegalArgumentException.class, () -> Windows.of(Period.of(0, 1, 3)));
    assertThrows(IllegalArgumentException.class, () -> Windows.of(Period.ofDays(-1)));
  }

  private static Window window(String opens, String closes) {
    return new Window(midnight(opens), midnight(closes));
  }

  private static Instant midnight(String day) {
    return Instant.parse(day + "T00:00:00Z");
  }
}
