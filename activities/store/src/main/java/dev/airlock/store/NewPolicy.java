package dev.airlock.store;

import dev.airlock.dsl.graph.Requirement;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A person's wish to sign a policy.
 *
 * @param version of the pipeline; null for the current one
 * @param stage the approval that it votes on
 * @param bounds at least one
 * @param minimumRows the fewest rows of the holdout, at least 1
 * @param expiresAt in the future, within 92 days
 * @param reason in their words; must not be blank
 */
public record NewPolicy(
    String pipeline,
    @Nullable Integer version,
    String stage,
    List<Requirement> bounds,
    long minimumRows,
    Instant expiresAt,
    String reason) {

  public NewPolicy {
    bounds = List.copyOf(bounds);
  }
}
