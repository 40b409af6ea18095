package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One look of a monitor.
 *
 * @param asOf the logical moment
 * @param requestedBy {@code schedule} or a person
 * @param state how far it is: queued, measured or done
 */
public record MonitorCheck(
    long id,
    long monitorId,
    Instant asOf,
    String requestedBy,
    String state,
    Instant requestedAt,
    @Nullable Instant finishedAt) {}
