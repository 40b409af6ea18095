package dev.airlock.store;

/**
 * Where PostgreSQL is and as whom to work there.
 *
 * @param url {@code jdbc:postgresql://host:port/database}
 * @param user the application's role
 * @param poolSize the most connections that the process holds for its statements, besides those for
 *     locks and for listening
 */
public record StoreConfig(String url, String user, String password, int poolSize) {

  private static final int STANDARD_POOL = 10;

  /** With a pool of ten connections. */
  public StoreConfig(String url, String user, String password) {
    this(url, user, password, STANDARD_POOL);
  }

  /**
   * Reads AIRLOCK_DATABASE_URL, AIRLOCK_DATABASE_USER and AIRLOCK_DATABASE_PASSWORD_FILE. Faults
   * are left in the environment, for {@link Environment#verify}.
   */
  public static StoreConfig from(Environment environment) {
    return new StoreConfig(
        databaseUrl(environment),
        environment.text("AIRLOCK_DATABASE_USER", "the application's role, such as airlock_app"),
        environment.secret("AIRLOCK_DATABASE_PASSWORD_FILE", "that role's password"));
  }

  static String databaseUrl(Environment environment) {
    String form = "jdbc:postgresql://HOST:PORT/DATABASE";
    String url = environment.text("AIRLOCK_DATABASE_URL", form);
    if (!url.isEmpty() && !url.startsWith("jdbc:postgresql://")) {
      environment.fault("AIRLOCK_DATABASE_URL is '" + url + "': expected " + form + ".");
    }
    return url;
  }

  @Override
  public String toString() {
    return "StoreConfig[" + user + " at " + url + "]";
  }
}
