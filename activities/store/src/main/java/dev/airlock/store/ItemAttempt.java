package dev.airlock.store;

/**
 * An attempt at an item of a map that has begun.
 *
 * @param index of the item, from 0
 * @param attempt from 1
 */
public record ItemAttempt(int index, int attempt) {}
