package dev.airlock.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What came true of a prediction.
 *
 * @param label 0 or 1 for a probability, else the number that was predicted
 * @param value what it was worth, in the shop's unit, or null
 * @param at when it was known, by event time
 */
public record Feedback(UUID predictionId, double label, @Nullable Double value, Instant at) {

  /** What became of it. */
  public record Answer(UUID predictionId, State state, String detail) {}

  /** What can become of it. Counted and late ones count; nothing counts twice. */
  public enum State {
    /** Counted now. */
    COUNTED,
    /** Counted now, long after its maturity: figures that were final before do not know it. */
    LATE,
    /** The same was counted before. */
    DUPLICATE,
    /** Another label was counted before, and stays. */
    CONFLICT,
    /** The outcome can't be known yet: refused. */
    TOO_EARLY,
    /** It can't be an outcome of this model: refused. */
    INVALID,
    /** No such prediction is stored: kept, and counted once it arrives. */
    UNKNOWN
  }
}
