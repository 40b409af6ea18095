package dev.airlock.workflows;

/**
 * A stage's wish for slots of a pool.
 *
 * @param id of its row
 * @param granted whether the stage may start
 */
public record SlotRequest(long id, boolean granted) {}
