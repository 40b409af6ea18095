package dev.airlock.store;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells an outage of PostgreSQL, which passes, from a fault, which stays. */
public final class Outage {

  /** PostgreSQL is starting, stopping or has crashed, or takes no more connections. */
  private static final Set<String> DOWN = Set.of("57P01", "57P02", "57P03", "53300");

  private Outage() {}

  /**
   * Whether the failure, or one behind it, is that PostgreSQL can't be reached or broke off: then
   * the same call may well succeed later. Every call of this module that writes is safe to repeat.
   */
  public static boolean isOutage(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && (isUnreachable(sql) || isBrokenOff(sql))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUnreachable(SQLException failure) {
    String state = failure.getSQLState();
    return failure instanceof SQLTransientConnectionException
        || (state != null && (state.startsWith("08") || DOWN.contains(state)));
  }

  /** What the pool says of a connection that broke under a transaction; it has no state. */
  private static boolean isBrokenOff(SQLException failure) {
    return failure.getSQLState() == null && "Connection is closed".equals(failure.getMessage());
  }
}
