package dev.airlock.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be otherwise with a person; null for what stays.
 *
 * @param teams all of them
 * @param disabled whether they are shut out
 * @param reason why; may be empty
 * @param evenIfLast whether to do it though nobody could confirm after it who is to decide
 */
public record PersonChange(
    @Nullable Role role,
    @Nullable List<String> teams,
    @Nullable Boolean disabled,
    String reason,
    boolean evenIfLast) {

  /** What is done only where somebody is left who can confirm. */
  public PersonChange(
      @Nullable Role role,
      @Nullable List<String> teams,
      @Nullable Boolean disabled,
      String reason) {
    this(role, teams, disabled, reason, false);
  }

  public PersonChange {
    teams = teams == null ? null : List.copyOf(teams);
  }

  boolean changesStanding() {
    return role != null || teams != null;
  }
}
