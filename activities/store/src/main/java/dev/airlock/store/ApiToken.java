package dev.airlock.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token by which programs act in a person's name; never the token itself.
 *
 * @param scopes what it may be used for, as words of permissions; null for all that its owner may
 * @param origin {@code file} for the one of {@code users/NAME.json}, else {@code page}
 * @param expiresAt null for never
 * @param lastUsedAt to the minute; null for never
 */
public record ApiToken(
    long id,
    String person,
    String name,
    @Nullable List<String> scopes,
    String origin,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant revokedAt,
    @Nullable String revokedBy) {

  public ApiToken {
    scopes = scopes == null ? null : List.copyOf(scopes);
  }

  /** Whether it can be used at this moment. */
  public boolean isOpen(Instant now) {
    return revokedAt == null && (expiresAt == null || expiresAt.isAfter(now));
  }
}
