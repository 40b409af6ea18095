package dev.airlock.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a token, and what it lets them do.
 *
 * @param tokenName as its owner called it
 * @param scopes words of permissions; null for all that the person may
 * @param expiresAt null for never
 * @param mustChange whether nothing but a new password of their own is open to them
 * @param vouchedAt when a provider last said that this is one of its people; null where none keeps
 *     them
 * @param stale whether its last use was written down more than a minute ago
 */
public record Bearer(
    long tokenId,
    String tokenName,
    String person,
    Role role,
    @Nullable List<String> scopes,
    @Nullable Instant expiresAt,
    boolean mustChange,
    @Nullable Instant vouchedAt,
    boolean stale) {

  public Bearer {
    scopes = scopes == null ? null : List.copyOf(scopes);
  }

  /** Whether a provider that keeps this person has said so within this time, or none keeps them. */
  public boolean isVouchedFor(Duration within, Instant now) {
    return vouchedAt == null || vouchedAt.plus(within).isAfter(now);
  }
}
