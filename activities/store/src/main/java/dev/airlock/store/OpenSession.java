package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session as its owner sees it.
 *
 * @param lastUsedAt to the minute
 * @param address from where it began
 * @param browser as it called itself, cut to 200 characters
 */
public record OpenSession(
    long id,
    Instant createdAt,
    Instant lastUsedAt,
    Instant expiresAt,
    @Nullable String address,
    @Nullable String browser) {}
