package dev.airlock.store;

import java.time.Instant;
import java.time.LocalDate;

/**
 * What a gateway has counted in one second.
 *
 * @param asOf the day of event time (UTC) that the requests asked for
 * @param requests those that the version had a part in; one of many rows may meet both of a split
 * @param predictions the rows that it answered
 * @param errors requests that the version failed to answer; a bad request is no error of its
 * @param latency an HdrHistogram of microseconds in its compressed V2 encoding, as Base64
 */
public record ServiceSample(
    String gateway,
    String model,
    int version,
    Instant at,
    LocalDate asOf,
    long requests,
    long predictions,
    long errors,
    String latency) {}
