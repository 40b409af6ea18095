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
 * @param passwordChosenAt since when they have a password that they have chosen here; null where it
 *     is a file's, a provider's, or one that somebody else has given out
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
    @Nullable Instant passwordChosenAt,
    Instant createdAt,
    @Nullable Instant disabledAt,
    @Nullable Instant lastSeenAt,
    @Nullable Proposal proposal) {

  public Profile {
    teams = List.copyOf(teams);
  }

  /**
   * A role and teams that somebody shall have, which takes a second person.
   *
   * @param holder who made the account or set its password last, and so does not confirm either;
   *     null where that was a file
   * @param confirmers who can confirm it by now, by name, ten of them at most; empty for nobody
   */
  public record Proposal(
      long id,
      Role role,
      List<String> teams,
      String reason,
      String askedBy,
      Instant askedAt,
      @Nullable String holder,
      List<String> confirmers) {
    public Proposal {
      teams = List.copyOf(teams);
      confirmers = List.copyOf(confirmers);
    }
  }

  /** Whether they may decide, where something is asked of them. */
  public boolean decides() {
    return disabledAt == null && (role == Role.APPROVER || role == Role.ADMIN);
  }

  /** Whether they have a password here. */
  public boolean hasPassword() {
    return !origin.equals("provider");
  }
}
