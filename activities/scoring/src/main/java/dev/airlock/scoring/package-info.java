/**
 * A trained model as plain Java arrays, scored in microseconds, and the metrics that judge one.
 *
 * <p>Start at {@link dev.airlock.scoring.ScoringModel}: the artifact that training writes and the
 * gateway loads. Its arithmetic lives in the {@link dev.airlock.scoring.Predictor}s. Metrics are in
 * {@link dev.airlock.scoring.BinaryMetrics} and {@link dev.airlock.scoring.RegressionMetrics}; how
 * sure they are, {@link dev.airlock.scoring.Bootstrap} says.
 */
@NullMarked
package dev.airlock.scoring;

import org.jspecify.annotations.NullMarked;
