package dev.airlock.web.drawing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.Rollouts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrafficChartTest {

  private static final Instant BEGAN = Instant.parse("2026-03-01T12:00:37.250Z");
  private static final Pattern CORNER = Pattern.compile("[ML]([\\d.]+) ([\\d.]+)");
  private static final long A_SECOND = 3;

  /** Of so many rows in each second, in the slices that the database would answer. */
  private static TrafficChart steady(Duration span) {
    Instant ends = BEGAN.plus(span);
    int step = Rollouts.slice(span, TrafficChart.MOST_SLICES);
    Instant first = Rollouts.firstSlice(BEGAN, step);
    List<TrafficChart.Point> points = new ArrayList<>();
    for (Instant at = first; !at.isAfter(ends); at = at.plusSeconds(step)) {
      points.add(new TrafficChart.Point(at, false, A_SECOND * step));
    }
    assertTrue(points.size() <= TrafficChart.MOST_SLICES + 1, () -> points.size() + " slices");
    return TrafficChart.of(points, List.of(), first, ends, step);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"PT30S", "PT5M", "PT2H36M", "PT2H38M", "PT2H40M", "PT2H41M", "PT9H", "P9D"})
  void shouldDrawSteadyTrafficLevel(Duration span) {
    TrafficChart chart = steady(span);

    Set<String> heights = new TreeSet<>();
    Matcher corner = CORNER.matcher(chart.champion());
    while (corner.find()) {
      heights.add(corner.group(2));
    }
    assertEquals(Set.of("190.0", "30.0"), heights, "the axis, and the traffic");
    assertEquals("3/s", chart.highest());
  }

  @Test
  void shouldSayTheTimeInUnitsThatFitTheSpan() {
    assertEquals("5 m 0 s", last(steady(Duration.ofMinutes(5).minusSeconds(1))));
    assertEquals("3 h 0 m", last(steady(Duration.ofHours(3).minusSeconds(1))));
    assertEquals("9 d 0 h", last(steady(Duration.ofDays(9))));
  }

  private static String last(TrafficChart chart) {
    return chart.ticks().get(chart.ticks().size() - 1).label();
  }
}
