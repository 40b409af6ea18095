package dev.airlock.store;

import org.jspecify.annotations.Nullable;

/**
 * What is kept of the first rows of a version.
 *
 * @param digest the masked rows in the artifact store; null as long as no worker has read them
 * @param problem why they can't be read, or null
 */
public record DatasetSample(
    String dataset, long snapshotId, @Nullable String digest, @Nullable String problem) {}
