package dev.airlock.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A prediction that a gateway gave.
 *
 * @param asOf the moment that it was asked for
 * @param at when it was given
 * @param score a probability, or a number in the label's unit
 * @param subject a pseudonymous id of whom it is about, or null
 * @param inputs the features as a JSON object
 */
public record Prediction(
    UUID id,
    String model,
    int version,
    Instant asOf,
    Instant at,
    double score,
    @Nullable String subject,
    String inputs) {}
