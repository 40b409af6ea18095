package dev.airlock.web.http;

import dev.airlock.store.Role;
import io.javalin.security.RouteRole;

/** Who may use a route. Each route names exactly one; a route that names none is shut. */
public enum Access implements RouteRole {
  /** Nobody needs to sign in: health, the data plane, the sign-in page itself. */
  ANYONE("anyone"),
  /** Everyone who has signed in. */
  READ("somebody who has signed in"),
  /** Start, cancel, pause, publish. */
  OPERATE("an engineer or an admin"),
  /**
   * Move traffic between versions that have passed the gate: bring back one that was live before,
   * begin and steer a rollout, and take an alert in hand.
   */
  ROLL_BACK("an engineer, an approver or an admin"),
  /** Decide an approval. Whoever asked is refused later, where the decision is counted. */
  DECIDE("an approver or an admin");

  private final String wanted;

  Access(String wanted) {
    this.wanted = wanted;
  }

  /** Whether somebody of this role may pass. */
  public boolean allows(Role role) {
    return switch (this) {
      case ANYONE, READ -> true;
      case OPERATE -> role == Role.ENGINEER || role == Role.ADMIN;
      case ROLL_BACK -> role != Role.VIEWER;
      case DECIDE -> role == Role.APPROVER || role == Role.ADMIN;
    };
  }

  /** Who may pass, in words. */
  public String wanted() {
    return wanted;
  }
}
