package dev.airlock.web.http;

import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/** Tells an outage of PostgreSQL from a fault of our own. */
final class Outage {
  private Outage() {}

  /** The walls keep {@code java.sql} in the store, so classes are known here by their names. */
  static boolean isDatabase(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String name = cause.getClass().getName();
      if (cause instanceof ConnectException
          || name.equals("org.jdbi.v3.core.ConnectionException")
          || name.equals("java.sql.SQLTransientConnectionException")
          || isLostConnection(name, cause.getMessage())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLostConnection(String name, @Nullable String message) {
    return name.equals("org.postgresql.util.PSQLException")
        && message != null
        && (message.contains("I/O error")
            || message.contains("connection")
            || message.contains("terminating"));
  }

  static String reason(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
