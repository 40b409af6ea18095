package dev.airlock.store;

import java.util.Objects;

/**
 * Who changes something, and from where. Every method that changes what people see takes one, and
 * leaves a row of the audit with it, in the same transaction.
 *
 * @param actor the person; or what acts by itself, such as {@code run-12}
 */
public record Acting(String actor, Origin origin) {
  public Acting {
    Objects.requireNonNull(origin);
    if (actor.isBlank()) {
      throw new IllegalArgumentException("A change needs somebody who makes it; got a blank name.");
    }
  }

  /** Somebody for whom the system acts by itself. */
  public static Acting within(String actor, Origin.Channel channel) {
    return new Acting(actor, Origin.within(channel, null));
  }

  /** A workflow that acts in its own name, such as {@code run-12}. */
  public static Acting workflow(String workflow) {
    return new Acting(workflow, Origin.within(Origin.Channel.WORKFLOW, workflow));
  }

  /** What this one has done; to be recorded. */
  public AuditEntry did(AuditAction action, String entity, Object entityId) {
    return new AuditEntry(actor, action, entity, entityId.toString(), null, null, origin);
  }
}
