package dev.airlock.store;

import java.time.LocalDate;

/** The predictions of a model's version for one day, UTC. */
public record PredictionSummary(
    String model, int version, LocalDate asOf, long count, double meanScore) {}
