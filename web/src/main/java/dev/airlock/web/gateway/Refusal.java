package dev.airlock.web.gateway;

import dev.airlock.store.Outage;
import org.jspecify.annotations.Nullable;

/**
 * Tells that PostgreSQL refuses a row for its values, which no other try changes, from all that may
 * pass: an outage, a full disk, a missing right, a statement that took too long.
 */
final class Refusal {
  /** The classes "data exception" and "integrity constraint violation" of the SQL standard. */
  private static final String DATA = "22";

  private static final String CONSTRAINT = "23";

  private Refusal() {}

  static boolean isOfValues(Throwable failure) {
    if (Outage.isOutage(failure)) {
      return false;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String state = state(cause);
      if (state != null && (state.startsWith(DATA) || state.startsWith(CONSTRAINT))) {
        return true;
      }
    }
    return false;
  }

  /** The walls keep {@code java.sql} in the store, so the state is asked for by its name. */
  private static @Nullable String state(Throwable cause) {
    try {
      return cause.getClass().getMethod("getSQLState").invoke(cause) instanceof String state
          ? state
          : null;
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
