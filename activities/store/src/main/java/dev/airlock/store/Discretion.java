package dev.airlock.store;

import java.util.Map;
import java.util.Properties;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementException;
import org.jdbi.v3.core.statement.StatementExceptions;

/**
 * Keeps values out of what is said of a statement that failed, in logs and on the terminal: hashes
 * of passwords and tokens, and what rows say of people. Which statement it was, and what PostgreSQL
 * holds against it, is said.
 */
final class Discretion {

  /**
   * For the driver: without what PostgreSQL says beside the error itself, such as "Failing row
   * contains".
   */
  static final Map<String, String> DRIVER = Map.of("logServerErrorDetail", "false");

  private Discretion() {}

  /** As Jdbi does it, but discreet. */
  static Jdbi connect(String url, String user, String password) {
    Properties properties = new Properties();
    properties.putAll(DRIVER);
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return of(Jdbi.create(url, properties));
  }

  /** Has it name no arguments where a statement fails. */
  static Jdbi of(Jdbi jdbi) {
    jdbi.getConfig(StatementExceptions.class).setMessageRendering(Discretion::said);
    return jdbi;
  }

  private static String said(StatementException failure) {
    return failure.getStatementContext() == null
        ? failure.getShortMessage()
        : "%s [statement: %s]"
            .formatted(
                failure.getShortMessage(),
                String.valueOf(failure.getStatementContext().getRawSql())
                    .replaceAll("\\s+", " ")
                    .strip());
  }
}
