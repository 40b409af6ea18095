package dev.airlock.store;

import java.sql.SQLException;

/**
 * Tells that PostgreSQL refuses a row for its values, which no other try changes, from all that may
 * pass: an outage, a full disk, a missing right, a statement that took too long.
 */
public final class Refusal {

  /** The class "data exception" of SQLSTATE. */
  private static final String DATA = "22";

  /** The class "integrity constraint violation". */
  private static final String CONSTRAINT = "23";

  private static final String RIGHTS = "42501";

  private Refusal() {}

  /** Whether the failure, or one behind it, is that a value can't be stored. */
  public static boolean isOfValues(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && isOfValues(sql)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the failure, or one behind it, is that the law of the database forbids it. */
  static boolean isOfRights(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && RIGHTS.equals(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfValues(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && (state.startsWith(DATA) || state.startsWith(CONSTRAINT));
  }
}
