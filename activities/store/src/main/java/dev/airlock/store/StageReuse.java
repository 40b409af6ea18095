package dev.airlock.store;

import org.jspecify.annotations.Nullable;

/**
 * Why a stage took an earlier result, or why it did not.
 *
 * @param decidedBy {@code resume} or {@code cache}
 * @param madeBy the run whose stage of the same name made the result that was taken; null where
 *     none was
 * @param reason in words, without a full stop
 */
public record StageReuse(String stage, String decidedBy, @Nullable Long madeBy, String reason) {}
