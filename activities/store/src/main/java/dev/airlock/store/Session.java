package dev.airlock.store;

import java.time.Instant;

/**
 * Somebody who is signed in.
 *
 * @param csrfToken what a form of theirs must carry
 */
public record Session(String person, Role role, String csrfToken, Instant expiresAt) {}
