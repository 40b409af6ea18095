package dev.airlock.store;

import java.time.Instant;

/**
 * One line that an attempt said; with line breaks where it was said as one, such as a stack trace.
 *
 * @param id grows with the order in which lines were kept
 * @param stage or the item of a map, as {@code orders[17]}: see {@link LogPlace}
 * @param number from 1 in its attempt
 */
public record LogLine(
    long id,
    long runId,
    String stage,
    int attempt,
    int number,
    Instant at,
    LogLevel level,
    String text) {}
