package dev.airlock.store;

import java.time.Instant;

/**
 * Somebody who is signed in.
 *
 * @param csrfToken what a form of theirs must carry
 * @param mustChange whether nothing but a new password of their own is open to them
 * @param stale whether its last use was written down more than a minute ago
 */
public record Session(
    long id,
    String person,
    Role role,
    String csrfToken,
    Instant expiresAt,
    boolean mustChange,
    boolean stale) {}
