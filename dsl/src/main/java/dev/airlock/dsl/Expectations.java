package dev.airlock.dsl;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.Expectation;
import java.util.List;

/** What must hold of a dataset before anyone sees it. Made to be imported statically. */
public final class Expectations {

  private Expectations() {}

  /** Something about one column. */
  public static OfColumn column(String name) {
    return new OfColumn(name);
  }

  /** Something about the number of rows. */
  public static OfRows rows() {
    return new OfRows();
  }

  /** No two rows agree in all of these columns. */
  public static Expectation unique(String... columns) {
    return new Expectation.Unique(List.of(columns));
  }

  /** The dataset has these columns, of these types. */
  public static Expectation schema(ColumnSpec... columns) {
    return new Expectation.HasColumns(List.of(columns));
  }

  /** A column, of which something is expected. */
  public static final class OfColumn {

    private final String name;

    private OfColumn(String name) {
      this.name = name;
    }

    public Expectation notNull() {
      return new Expectation.NotNull(name);
    }

    /** Every value that is not null lies within the bounds, both included. */
    public Expectation between(double least, double most) {
      return new Expectation.Between(name, least, most);
    }

    public Expectation unique() {
      return new Expectation.Unique(List.of(name));
    }
  }

  /** The rows, of whose number something is expected. */
  public static final class OfRows {

    private OfRows() {}

    public Expectation atLeast(long rows) {
      return new Expectation.RowsAtLeast(rows);
    }

    public Expectation atMost(long rows) {
      return new Expectation.RowsAtMost(rows);
    }
  }
}
