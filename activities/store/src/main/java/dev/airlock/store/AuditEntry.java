package dev.airlock.store;

import dev.airlock.workflows.Json;
import org.jspecify.annotations.Nullable;

/**
 * One change, as it is to be recorded. It holds no secrets, and of people no more than their names.
 *
 * @param entity the kind of thing, such as {@code run}
 * @param before what it was, as JSON; null where there was nothing
 * @param after what it is, as JSON; null where there is nothing any more
 */
public record AuditEntry(
    String actor,
    AuditAction action,
    String entity,
    String entityId,
    @Nullable String before,
    @Nullable String after,
    Origin origin) {

  /** The same, with what it was before: anything that is written as JSON. */
  public AuditEntry before(Object value) {
    return new AuditEntry(actor, action, entity, entityId, Json.write(value), after, origin);
  }

  /** The same, with what it is now: anything that is written as JSON. */
  public AuditEntry after(Object value) {
    return new AuditEntry(actor, action, entity, entityId, before, Json.write(value), origin);
  }
}
