package dev.airlock.store;

import java.time.Instant;

/**
 * A limit that stages of all pipelines and runs share.
 *
 * @param slots how many there are, at least 0
 * @param held those that stages hold now; more than {@code slots} where it was made smaller since
 * @param waiting stages that wait for some
 */
public record Pool(
    String name, int slots, int held, int waiting, String updatedBy, Instant updatedAt) {}
