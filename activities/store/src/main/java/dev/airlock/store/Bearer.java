package dev.airlock.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a token, and what it lets them do.
 *
 * @param tokenName as its owner called it
 * @param scopes words of permissions; null for all that the person may
 */
public record Bearer(
    long tokenId,
    String tokenName,
    String person,
    Role role,
    @Nullable List<String> scopes,
    boolean stale) {

  public Bearer {
    scopes = scopes == null ? null : List.copyOf(scopes);
  }
}
