package dev.airlock.store;

import java.util.ArrayList;
import java.util.List;

/**
 * An owner for whom nobody acts any more: a team without members, or a person who is disabled.
 *
 * @param isPerson whether it is a person: nobody is brought into one, as into a team
 * @param pipelines what it owns by name, closed to everybody but admins
 * @param models whose versions come of those
 */
public record VacantOwner(
    String owner, boolean isPerson, List<String> pipelines, List<String> models) {

  /** What is closed, and who opens it. */
  public String sentence() {
    List<String> closed = new ArrayList<>();
    closed.add("pipelines " + String.join(", ", pipelines));
    if (!models.isEmpty()) {
      closed.add("models " + String.join(", ", models));
    }
    return "Nobody acts for %s any more. Closed to everybody but admins until somebody does: %s. %s"
        .formatted(owner, String.join("; ", closed), wayOut());
  }

  private String wayOut() {
    return (isPerson
            ? "Let an admin enable %s, or publish the pipelines with another owner."
            : "Name its members in AIRLOCK_TEAMS, or let an admin bring somebody in (airlock user change NAME --team %s).")
        .formatted(owner);
  }
}
