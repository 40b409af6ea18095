package dev.airlock.dsl.graph;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A statement for a database.
 *
 * @param connection its name
 * @param sql with {@code :names} for what is bound
 * @param bound params and results of earlier stages, by the names that the SQL reads them under
 * @param types of the params among them, by the same names
 * @param rows the binary name of the class that a row is read as; null where they are counted
 * @param atMost how many rows may come
 */
public record StatementSpec(
    String connection,
    String sql,
    SortedMap<String, ValueSpec> bound,
    SortedMap<String, ParamType> types,
    @Nullable String rows,
    int atMost) {

  public StatementSpec {
    bound = new TreeMap<String, ValueSpec>((Map<String, ValueSpec>) bound);
    types = new TreeMap<String, ParamType>((Map<String, ParamType>) types);
  }
}
