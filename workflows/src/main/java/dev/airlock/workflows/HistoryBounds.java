package dev.airlock.workflows;

import io.temporal.workflow.Workflow;

/**
 * How long a history may become. Temporal ends a workflow at 51,200 events or 50 MB; Airlock lets
 * none have more than 10,000.
 *
 * @param many events from which on a workflow continues as new as soon as nothing is under way that
 *     can't be left
 * @param tooMany events from which on it begins nothing new before that. What is under way then,
 *     400 stages or 500 items of up to eight and six events, still ends below 10,000
 * @param bytes a size that counts as many events; twice that, as too many
 */
record HistoryBounds(long many, long tooMany, long bytes) {

  static final HistoryBounds USUAL = new HistoryBounds(4_000, 6_000, 10_000_000);

  boolean isLong(long events) {
    return events > many || Workflow.getInfo().getHistorySize() > bytes;
  }

  boolean isTooLong(long events) {
    return events > tooMany || Workflow.getInfo().getHistorySize() > 2 * bytes;
  }
}
