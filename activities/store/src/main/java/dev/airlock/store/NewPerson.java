package dev.airlock.store;

import java.util.List;

/**
 * Somebody whom an admin makes.
 *
 * @param name up to 60 lower-case letters, digits, dots, hyphens and underscores; no role's or
 *     team's
 * @param password for the first sign-in: a new one is asked for at once
 * @param reason why they are to have this role; may be empty
 */
public record NewPerson(
    String name, Role role, List<String> teams, String password, String reason) {
  public NewPerson {
    teams = List.copyOf(teams);
  }

  @Override
  public String toString() {
    return "NewPerson[" + name + ", " + role.word() + "]";
  }
}
