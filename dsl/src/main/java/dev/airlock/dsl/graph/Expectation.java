package dev.airlock.dsl.graph;

import java.util.List;

/** Something that must hold of a dataset before anyone sees it. */
public sealed interface Expectation {

  /** No null in the column. */
  record NotNull(String column) implements Expectation {}

  /** Every value of the column that is not null lies within the bounds, both included. */
  record Between(String column, double least, double most) implements Expectation {}

  /** No two rows agree in all of these columns. */
  record Unique(List<String> columns) implements Expectation {
    public Unique {
      columns = List.copyOf(columns);
    }
  }

  /** The dataset has at least so many rows. */
  record RowsAtLeast(long rows) implements Expectation {}

  /** The dataset has at most so many rows. */
  record RowsAtMost(long rows) implements Expectation {}

  /** The dataset has these columns, of these types. */
  record HasColumns(List<ColumnSpec> columns) implements Expectation {
    public HasColumns {
      columns = List.copyOf(columns);
    }
  }
}
