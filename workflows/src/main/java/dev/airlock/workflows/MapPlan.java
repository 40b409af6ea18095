package dev.airlock.workflows;

/**
 * The list that a map works through.
 *
 * @param items the digest of the list, a JSON document in the artifact store
 * @param count how many calls there are to make: its elements or, in a nested map, theirs
 */
public record MapPlan(String items, int count) {}
