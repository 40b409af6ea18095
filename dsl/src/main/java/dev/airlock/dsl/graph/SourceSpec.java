package dev.airlock.dsl.graph;

import java.util.List;

/** Where an ingest reads. */
public sealed interface SourceSpec {

  /**
   * A CSV file with a header, gzip-compressed where the name ends in {@code .gz}.
   *
   * @param location a URI; a relative one is a resource in the pipeline's own jar
   * @param columns those that are read, each by its name in the header; others are left out
   */
  record Csv(Setting location, List<ColumnSpec> columns) implements SourceSpec {
    public Csv {
      columns = List.copyOf(columns);
    }
  }
}
