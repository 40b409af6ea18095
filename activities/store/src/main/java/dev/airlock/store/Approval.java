package dev.airlock.store;

import dev.airlock.workflows.ApprovalStanding;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A question to people: may this version of this model pass?
 *
 * @param artifactDigest the very model
 * @param evidenceDigest what they look at; a decision names it
 * @param askedOf a team, a role or a person
 * @param quorum how many different people must approve
 * @param requestedBy whoever asked, who can't vote
 * @param because the reason of whoever rejected it, or why it ended; empty while it is open
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
    int quorum,
    String requestedBy,
    ApprovalStanding.State state,
    String because,
    Instant openedAt,
    Instant expiresAt,
    @Nullable Instant closedAt,
    @Nullable Instant revokedAt,
    @Nullable String revokedBy,
    @Nullable String revokedBecause) {}
