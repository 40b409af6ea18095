package dev.airlock.dsl;

/** A database that stages may ask. */
public final class SqlOn {

  private final Connection connection;

  private SqlOn(Connection connection) {
    this.connection = connection;
  }

  /** The database of the connection of this name. */
  public static SqlOn connection(String name) {
    return new SqlOn(Connection.named(name));
  }

  /** The database of this connection. */
  public static SqlOn connection(Connection connection) {
    return new SqlOn(connection);
  }

  /**
   * One statement, in a transaction of its own. Values are bound, never put into the text: {@code
   * :as_of} is the day that the run stands for, a DATE; {@code :run_key} a text that is the same in
   * each attempt; {@code :name_of_param} each param of the stage's {@code with(…)}.
   */
  public Statement<Long> statement(String sql) {
    return new Statement<>(connection, sql);
  }
}
