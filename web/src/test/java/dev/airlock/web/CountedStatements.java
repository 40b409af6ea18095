package dev.airlock.web;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's driver, and a list of what is asked through it: {@code jdbc:counted:} in place of
 * {@code jdbc:}. Only what the threads that answer requests ask is noted.
 */
final class CountedStatements implements Driver {
  private static final String PREFIX = "jdbc:counted:";
  private static final Queue<String> ASKED = new ConcurrentLinkedQueue<>();

  static {
    try {
      DriverManager.registerDriver(new CountedStatements());
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private CountedStatements() {}

  /** The address at which what is asked is noted. */
  static String url(String url) {
    return PREFIX + url.substring("jdbc:".length());
  }

  /** What was asked since this was asked last. */
  static List<String> take() {
    List<String> taken = new ArrayList<>();
    for (String one = ASKED.poll(); one != null; one = ASKED.poll()) {
      taken.add(one);
    }
    return taken;
  }

  @Override
  public @Nullable Connection connect(String url, Properties info) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    Connection connection =
        DriverManager.getConnection("jdbc:" + url.substring(PREFIX.length()), info);
    return wrapped(Connection.class, connection, CountedStatements::prepared);
  }

  /** What a call on a connection answers: a statement is watched in its turn. */
  private static @Nullable Object prepared(
      Method method, Object @Nullable [] arguments, @Nullable Object answer) {
    if (answer instanceof PreparedStatement statement) {
      String text = String.valueOf(arguments == null ? "" : arguments[0]);
      return wrapped(
          PreparedStatement.class, statement, (called, with, result) -> note(called, text, result));
    }
    if (answer instanceof Statement statement) {
      return wrapped(
          Statement.class,
          statement,
          (called, with, result) ->
              note(called, with == null ? "a batch" : String.valueOf(with[0]), result));
    }
    return answer;
  }

  private static @Nullable Object note(Method method, String text, @Nullable Object result) {
    if (method.getName().startsWith("execute")
        && Thread.currentThread().getName().startsWith("qtp")) {
      ASKED.add(text.strip());
    }
    return result;
  }

  private interface After {
    @Nullable Object of(Method method, Object @Nullable [] arguments, @Nullable Object answer);
  }

  private static <T> T wrapped(Class<T> type, T wrapped, After after) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          try {
            return after.of(method, arguments, method.invoke(wrapped, arguments));
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("It writes no log.");
  }
}
