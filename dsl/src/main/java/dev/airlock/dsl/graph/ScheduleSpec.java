package dev.airlock.dsl.graph;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a pipeline starts by itself: at the times of a cron expression, or every so often.
 *
 * @param cron five fields: minute, hour, day of month, month, day of week; null for an interval
 * @param zone an IANA time zone, such as {@code UTC}
 * @param every the interval, counted from 1970; null for a cron expression
 * @param offset how long after each multiple of the interval; null for at once
 * @param jitter up to how much later a run starts, by chance; its logical date stays. Null for none
 * @param catchUp how late a time may still be made up for, after an outage; null for a year
 * @param overlap what becomes of a time while an earlier scheduled run goes on; null to allow both
 * @param from no time before it; null for no such bound
 * @param until no time after it; null for no such bound
 */
public record ScheduleSpec(
    @Nullable String cron,
    String zone,
    @Nullable Duration every,
    @Nullable Duration offset,
    @Nullable Duration jitter,
    @Nullable Duration catchUp,
    @Nullable Overlap overlap,
    @Nullable Instant from,
    @Nullable Instant until) {

  /** The times of a cron expression, and no more said. */
  public ScheduleSpec(String cron, String zone) {
    this(cron, zone, null, null, null, null, null, null, null);
  }

  /** What becomes of a scheduled time while an earlier scheduled run of the pipeline goes on. */
  public enum Overlap {
    /** It is left out. */
    SKIP,
    /** Its run waits for the earlier one; while one waits, further times are left out. */
    BUFFER_ONE,
    /** Its run waits for all earlier ones. */
    BUFFER_ALL,
    /** The earlier ones are cancelled; its run starts once they have ended. */
    CANCEL,
    /** Its run starts beside them. */
    ALLOW
  }

  /** {@link #overlap}, or what it is where nothing was said. */
  public Overlap overlapOrDefault() {
    return overlap == null ? Overlap.ALLOW : overlap;
  }
}
