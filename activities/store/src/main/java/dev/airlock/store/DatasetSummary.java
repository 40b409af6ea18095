package dev.airlock.store;

import java.time.Instant;

/** A dataset with its newest version. */
public record DatasetSummary(
    String name, long snapshotId, long rowCount, Instant publishedAt, int versions) {}
