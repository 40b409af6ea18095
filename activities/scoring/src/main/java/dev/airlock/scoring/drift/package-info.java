/**
 * How far a number has moved from what a model has learnt from.
 *
 * <p>Start at {@link dev.airlock.scoring.drift.Drift}: it holds a window against a {@link
 * dev.airlock.scoring.drift.Reference}, which is bounded in size whatever it was made of.
 */
@NullMarked
package dev.airlock.scoring.drift;

import org.jspecify.annotations.NullMarked;
