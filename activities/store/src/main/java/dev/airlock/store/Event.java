package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody told of.
 *
 * @param key unique among the events of its name: who tells it twice has told it once
 * @param at when it happened
 * @param payload JSON, or null
 */
public record Event(
    long id,
    String name,
    String key,
    Instant at,
    @Nullable String payload,
    String toldBy,
    Instant toldAt) {}
