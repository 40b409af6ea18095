package dev.airlock.store;

import java.time.Instant;
import java.util.SortedMap;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Runs for times of a pipeline's schedule that have passed.
 *
 * @param firstDate no time before it
 * @param lastDate no time after it
 * @param params those that were given for its runs
 * @param maxActive how many of its runs go at once
 * @param sequence which times come first
 * @param rerun what becomes of a time that has a run already
 * @param cancelledBy whoever stopped it; its runs that were under way went on
 * @param state running, succeeded, failed or cancelled
 */
public record Backfill(
    long id,
    String pipeline,
    Instant firstDate,
    Instant lastDate,
    @Json SortedMap<String, String> params,
    int maxActive,
    Sequence sequence,
    Rerun rerun,
    String note,
    String requestedBy,
    Instant requestedAt,
    @Nullable String cancelledBy,
    @Nullable Instant cancelledAt,
    String state,
    int total,
    int pending,
    int active,
    int succeeded,
    int failed,
    int leftOut) {

  /** Which times come first. */
  public enum Sequence {
    OLDEST,
    NEWEST
  }

  /** Which times that have a run already get another one. */
  public enum Rerun {
    NONE,
    /** Those whose newest run has failed or was cancelled. */
    FAILED,
    /** All whose newest run has ended. */
    ALL
  }
}
