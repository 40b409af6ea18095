package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stage that asked for slots of a pool.
 *
 * @param pipeline of its run
 * @param grantedAt null as long as it waits
 * @param releasedAt null as long as it holds them or waits
 */
public record PoolRequest(
    long id,
    long runId,
    String pipeline,
    String stage,
    String pool,
    int slots,
    Instant requestedAt,
    @Nullable Instant grantedAt,
    @Nullable Instant releasedAt) {}
