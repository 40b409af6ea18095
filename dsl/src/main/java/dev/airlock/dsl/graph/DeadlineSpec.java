package dev.airlock.dsl.graph;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/**
 * When something counts as late: either so long after its run was asked for, or at a time of day.
 *
 * @param after null where it is a time of day
 * @param at the first such time after the run was asked for, such as {@code 07:00}; null where it
 *     is a duration
 * @param zone the zone of {@code at}, such as {@code Europe/Berlin}; null where it is a duration
 */
public record DeadlineSpec(@Nullable Duration after, @Nullable String at, @Nullable String zone) {

  /**
   * The moment from which it is late. In a night that leaves the time out, it is the hour after.
   */
  public Instant due(Instant asked) {
    if (after != null) {
      return asked.plus(after);
    }
    ZoneId where = ZoneId.of(zone == null ? "UTC" : zone);
    LocalTime time = LocalTime.parse(at == null ? "00:00" : at);
    ZonedDateTime day = asked.atZone(where);
    Instant today = day.toLocalDate().atTime(time).atZone(where).toInstant();
    return today.isAfter(asked)
        ? today
        : day.toLocalDate().plusDays(1).atTime(time).atZone(where).toInstant();
  }
}
