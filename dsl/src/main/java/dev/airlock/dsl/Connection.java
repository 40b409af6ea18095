package dev.airlock.dsl;

/**
 * A connection to a database, by its name. Where it leads, and as whom, is known to the workers
 * alone: from {@code AIRLOCK_CONNECTION_WAREHOUSE_URL}, {@code _USER} and {@code _PASSWORD}, or a
 * file {@code connections/warehouse.properties} for the name {@code warehouse}.
 */
public final class Connection {

  private final String name;

  private Connection(String name) {
    this.name = name;
  }

  /** The connection of this name: lower-case words joined by hyphens. */
  public static Connection named(String name) {
    return new Connection(name);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  void check(Findings findings) {
    Names.check(name, "connection", findings);
  }
}
