package dev.airlock.store;

/**
 * Something that a search has found.
 *
 * @param kind pipeline, run, model, version, dataset, approval, alert, pool or backfill
 * @param name as people call it
 * @param says what more there is to say of it, in a few words
 * @param key of its page: a name, a number, or for a version the model and the number
 */
public record Finding(String kind, String name, String says, String key) {}
