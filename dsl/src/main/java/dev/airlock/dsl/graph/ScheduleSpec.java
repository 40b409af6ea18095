package dev.airlock.dsl.graph;

/**
 * When a pipeline starts by itself.
 *
 * @param cron five fields: minute, hour, day of month, month, day of week
 * @param zone an IANA time zone, such as {@code UTC}
 */
public record ScheduleSpec(String cron, String zone) {}
