package dev.airlock.dsl.graph;

import org.jspecify.annotations.Nullable;

/**
 * A column of a dataset. An empty field of any type but text is null.
 *
 * @param personal whether its values tell who somebody is, as the pipeline says it; null where it
 *     says nothing, and the column's name decides
 */
public record ColumnSpec(String name, ColumnType type, @Nullable Boolean personal) {

  /** A column of which nothing is said but name and type. */
  public ColumnSpec(String name, ColumnType type) {
    this(name, type, null);
  }
}
