package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A way to one approval, sent to one person, good for one vote.
 *
 * @param person who alone may use it
 * @param digest of the evidence as it was when the link was made
 * @param usedAt when they voted by it; null while they have not
 */
public record ApprovalLink(
    long id,
    long approvalId,
    String person,
    String digest,
    Instant expiresAt,
    @Nullable Instant usedAt) {}
