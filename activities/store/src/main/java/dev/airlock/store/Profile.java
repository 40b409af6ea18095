package dev.airlock.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A person as admins, and they themselves, see them.
 *
 * @param teams by name
 * @param origin {@code file}, {@code page} or {@code provider}: who keeps their password
 * @param mustChange whether their password is only good for being replaced
 * @param disabledAt since when they can't sign in; null where they can
 * @param lastSeenAt when a session or token of theirs was last used, to the minute; null for never
 * @param proposal what they shall become as soon as a second person confirms it; null for nothing
 */
public record Profile(
    String name,
    Role role,
    List<String> teams,
    String origin,
    boolean mustChange,
    Instant createdAt,
    @Nullable Instant disabledAt,
    @Nullable Instant lastSeenAt,
    @Nullable Proposal proposal) {

  public Profile {
    teams = List.copyOf(teams);
  }

  /** A role and teams that somebody shall have, which takes a second person. */
  public record Proposal(
      long id, Role role, List<String> teams, String reason, String askedBy, Instant askedAt) {
    public Proposal {
      teams = List.copyOf(teams);
    }
  }

  /** Whether they have a password here. */
  public boolean hasPassword() {
    return !origin.equals("provider");
  }
}
