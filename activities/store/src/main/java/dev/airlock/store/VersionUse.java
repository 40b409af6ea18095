package dev.airlock.store;

/**
 * How much a version of a pipeline is used.
 *
 * @param runs all that began with it
 * @param unfinished those of them that have not ended
 */
public record VersionUse(int version, long runs, long unfinished) {}
