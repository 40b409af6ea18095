package dev.airlock.dsl;

import java.util.stream.Stream;

/** One version of a table, which never changes. */
public interface Dataset {

  /** {@code <pipeline>.<stage>}. */
  String name();

  /** Which version. */
  long snapshotId();

  long rowCount();

  /**
   * Every row, in no particular order, read as the stream is. Each call reads anew; close the
   * stream.
   */
  Stream<Row> rows();
}
