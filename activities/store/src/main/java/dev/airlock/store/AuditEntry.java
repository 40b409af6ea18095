package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.util.Map;
import java.util.TreeMap;
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
    return new AuditEntry(actor, action, entity, entityId, json(value), after, origin);
  }

  /** The same, with what it is now: anything that is written as JSON. */
  public AuditEntry after(Object value) {
    return new AuditEntry(actor, action, entity, entityId, before, json(value), origin);
  }

  /** Maps by their keys, so that a reader finds the same field at the same place. */
  private static String json(Object value) {
    return Json.write(value instanceof Map<?, ?> map ? new TreeMap<>(map) : value);
  }
}
