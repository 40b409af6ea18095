package dev.airlock.web.http;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.airlock.store.Role;
import io.javalin.security.RouteRole;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What somebody may do, and whose roles let them. Each route takes exactly one; the scopes of a
 * token are a set of them.
 */
public enum Permission implements RouteRole {
  /** Nobody needs to sign in: health, the data plane, the sign-in page itself. */
  ANYONE(Holders.EVERYONE),
  /** See everything that is not a secret, and nothing more. */
  READ(Holders.EVERYONE),
  /** Start runs and backfills. */
  START(Holders.OPERATORS),
  /** Cancel, resume and annotate runs. */
  STEER_RUN(Holders.OPERATORS),
  /** Pause and resume the schedule of a pipeline. */
  PAUSE(Holders.OPERATORS),
  /** Publish versions of pipelines. */
  PUBLISH(Holders.OPERATORS),
  /** Try a stage, and look into what Spark did: both may show rows as they are. */
  TRY(Holders.OPERATORS),
  /** Pause monitors, and have them look at once. */
  MONITOR(Holders.OPERATORS),
  /** Send in what became of predictions. */
  FEED(Holders.OPERATORS),
  /** Change how many slots a pool has. */
  RESIZE(Holders.OPERATORS),
  /** Tell an event that runs wait for. */
  TELL(Holders.OPERATORS),
  /**
   * Begin a rollout of a version that has passed the gate, and steer it. Whether it has passed is
   * decided where traffic moves.
   */
  ROLL_OUT(Holders.ALL_BUT_VIEWERS),
  /**
   * Say which pipelines may register versions of a model. Whoever is neither an admin nor one of
   * its owners is refused later, where it is written down.
   */
  ALLOW_PIPELINE(Holders.ALL_BUT_VIEWERS),
  /** Bring back a version that was live before. */
  ROLL_BACK(Holders.ALL_BUT_VIEWERS),
  /** Take an alert in hand. */
  ACKNOWLEDGE(Holders.ALL_BUT_VIEWERS),
  /** Decide an approval. Whoever asked is refused later, where the decision is counted. */
  DECIDE(Holders.DECIDERS),
  /** Take back an approval. */
  REVOKE(Holders.DECIDERS),
  /** Sign bounds within which a candidate is approved in one's name, and take them back. */
  SIGN_POLICY(Holders.DECIDERS),
  /** Read who changed what. */
  READ_AUDIT(Holders.ALL_BUT_VIEWERS),
  /** One's own password, sessions and tokens. */
  OWN_ACCOUNT(Holders.EVERYONE),
  /** Create people, change their roles, end their sessions. */
  MANAGE_PEOPLE(Holders.ADMINS);

  private final Holders holders;

  Permission(Holders holders) {
    this.holders = holders;
  }

  /** Roles that hold the same. */
  private enum Holders {
    EVERYONE("somebody who has signed in"),
    ALL_BUT_VIEWERS("an engineer, an approver or an admin"),
    OPERATORS("an engineer or an admin"),
    DECIDERS("an approver or an admin"),
    ADMINS("an admin");

    private final String words;

    Holders(String words) {
      this.words = words;
    }

    boolean include(Role role) {
      return switch (this) {
        case EVERYONE -> true;
        case ALL_BUT_VIEWERS -> role != Role.VIEWER;
        case OPERATORS -> role == Role.ENGINEER || role == Role.ADMIN;
        case DECIDERS -> role == Role.APPROVER || role == Role.ADMIN;
        case ADMINS -> role == Role.ADMIN;
      };
    }
  }

  /** Whether somebody of this role has it. */
  public boolean isOf(Role role) {
    return holders.include(role);
  }

  /** Who has it, in words. */
  public String wanted() {
    return holders.words;
  }

  /** As in the scopes of a token, such as {@code steer-run}. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Those of a route. */
  public static Set<Permission> of(Set<RouteRole> roles) {
    return roles.stream()
        .filter(Permission.class::isInstance)
        .map(Permission.class::cast)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The permission of this word. */
  public static Optional<Permission> ofWord(String word) {
    return Arrays.stream(values()).filter(permission -> permission.word().equals(word)).findFirst();
  }
}
