/**
 * A pipeline as a unit test: its graph on the real engine, with a clock that skips and a world made
 * of fakes. Start with {@link dev.airlock.testing.Rehearsal}.
 */
@NullMarked
package dev.airlock.testing;

import org.jspecify.annotations.NullMarked;
