package dev.airlock.store;

/**
 * A fact to carry.
 *
 * @param subject the run, the decision or the command
 * @param attempts how often it has been taken, this time included
 */
record OutboxRow(long id, OutboxKind kind, long subject, int attempts) {}
