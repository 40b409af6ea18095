package dev.airlock.store;

import java.sql.SQLException;
import java.util.Set;

/** The one character that PostgreSQL stores neither in text nor in JSON. */
public final class NulCharacter {

  /** SQLSTATE of an invalid byte sequence, and of an untranslatable character. */
  private static final Set<String> REFUSED = Set.of("22021", "22P05");

  private NulCharacter() {}

  /** Whether a statement failed since something that it was to store holds the character. */
  public static boolean isCauseOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException refused
          && REFUSED.contains(String.valueOf(refused.getSQLState()))) {
        return true;
      }
    }
    return false;
  }
}
