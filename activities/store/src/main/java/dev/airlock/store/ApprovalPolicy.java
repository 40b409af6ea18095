package dev.airlock.store;

import dev.airlock.dsl.graph.Requirement;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A person's word in advance: where this very code, with these params, gives a candidate whose
 * figures are all inside these bounds, it is approved in the person's name.
 *
 * @param version the pipeline's version that was signed; another with the same graph and code is
 *     the same
 * @param params of the runs that it holds for
 * @param bounds one or more; a figure that is missing is outside
 * @param minimumRows the fewest rows of the holdout that the figures may rest on
 * @param expiresAt at most 92 days after it was signed
 */
public record ApprovalPolicy(
    long id,
    String pipeline,
    int version,
    String stage,
    String graphDigest,
    String codeDigest,
    @Json SortedMap<String, String> params,
    @Json List<Requirement> bounds,
    long minimumRows,
    String signedBy,
    String reason,
    Instant signedAt,
    Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable String revokedBy,
    @Nullable String revokedBecause) {

  public ApprovalPolicy {
    bounds = List.copyOf(bounds);
  }

  /** How it stands at that time: {@code in force}, {@code expired} or {@code revoked}. */
  public String standing(Instant now) {
    if (revokedAt != null) {
      return "revoked";
    }
    return now.isBefore(expiresAt) ? "in force" : "expired";
  }
}
