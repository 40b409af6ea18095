package dev.airlock.store;

import org.jspecify.annotations.Nullable;

/**
 * A secret or a connection that a worker has.
 *
 * @param kind {@code secret} or {@code connection}
 * @param source where its value comes from, in words
 * @param fault why it can't be used; null where it can
 */
public record VaultEntry(String kind, String name, String source, @Nullable String fault) {}
