package dev.airlock.store;

import dev.airlock.workflows.ApprovalStanding;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A question to people: may this version of this model pass?
 *
 * @param artifactDigest the very model
 * @param evidenceDigest the document of the figures, as it was registered
 * @param askedOf a team, a role or a person
 * @param alsoAsked others who are asked from the start
 * @param escalatedTo who may vote as well since {@code escalatedAt}; null for nobody
 * @param quorum how many different people must approve
 * @param requestedBy whoever asked, who can't vote
 * @param because the reason of whoever rejected it, or why it ended; empty while it is open
 * @param digest of what is to be looked at now; a decision names it. It is the evidence's own until
 *     the champion that the figures are held against moves
 */
public record Approval(
    long id,
    long runId,
    String stage,
    String model,
    int version,
    String artifactDigest,
    String evidenceDigest,
    String askedOf,
    List<String> alsoAsked,
    @Nullable String escalatedTo,
    @Nullable Instant escalatedAt,
    int quorum,
    String requestedBy,
    ApprovalStanding.State state,
    String because,
    Instant openedAt,
    Instant expiresAt,
    @Nullable Instant closedAt,
    @Nullable Instant revokedAt,
    @Nullable String revokedBy,
    @Nullable String revokedBecause,
    String digest) {

  public Approval {
    alsoAsked = List.copyOf(alsoAsked);
  }

  /** All who are asked by now: {@code ml-leads, ada or heads}. */
  public String everyoneAsked() {
    List<String> all =
        Stream.of(Stream.of(askedOf), alsoAsked.stream(), Stream.ofNullable(escalatedTo))
            .flatMap(names -> names)
            .toList();
    return Words.either(all);
  }
}
