package dev.airlock.dsl.graph;

/** What a column holds. */
public enum ColumnType {
  TEXT,
  /** 64 bits. */
  INTEGER,
  /** Double precision, finite. */
  DECIMAL,
  /** ISO 8601, {@code yyyy-MM-dd}. */
  DATE,
  /** ISO 8601 with a zone or offset, or without, then UTC. */
  TIMESTAMP
}
