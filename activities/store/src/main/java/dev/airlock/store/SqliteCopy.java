package dev.airlock.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A copy of a SQLite file as of its last commit, made by SQLite itself. */
final class SqliteCopy {

  /** SQLite's codes for a file that somebody else is just writing: SQLITE_BUSY, SQLITE_LOCKED. */
  private static final int BUSY = 5;

  private static final int LOCKED = 6;
  private static final int PRIMARY_CODE = 0xff;

  private SqliteCopy() {}

  /** Loads SQLite, so that nobody has to wait for that later. */
  static void warmUp() throws SQLException {
    DriverManager.getConnection("jdbc:sqlite::memory:").close();
  }

  /**
   * Copies the file.
   *
   * @param target must not exist
   * @return whether it could be read; false while its owner is in the middle of a commit
   */
  static boolean made(Path file, Path target) throws SQLException {
    try (Connection source = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = source.createStatement()) {
      statement.execute("pragma busy_timeout = 0");
      // Held until the end, so that all pages are of one moment.
      statement.execute("begin");
      statement.executeQuery("select count(*) from sqlite_master").close();
      statement.executeUpdate("backup to '" + target.toString().replace("'", "''") + "'");
      statement.execute("rollback");
    } catch (SQLException e) {
      int code = e.getErrorCode() & PRIMARY_CODE;
      if (code == BUSY || code == LOCKED) {
        return false;
      }
      throw e;
    }
    return true;
  }

  /**
   * Reads the whole copy.
   *
   * @throws SQLException where it is damaged
   */
  static void check(Path copy) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("pragma integrity_check(1)")) {
      rows.next();
      String found = rows.getString(1);
      if (!"ok".equals(found)) {
        throw new SQLException("Temporal's file is damaged: " + found);
      }
    }
  }
}
