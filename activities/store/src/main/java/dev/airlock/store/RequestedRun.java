package dev.airlock.store;

/**
 * The run that a wish came to.
 *
 * @param isNew whether this wish made it; false where its key had made it before
 */
public record RequestedRun(long id, boolean isNew) {}
