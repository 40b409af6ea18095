package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;

/** What a map's workflow itself writes down of its items; each is idempotent. */
@ActivityInterface
public interface ItemLedger {

  /**
   * Ends items that could not say so themselves, since their worker fell silent.
   *
   * @param from the first index, from 0
   * @param to the index after the last
   * @return how many of them had no result
   */
  int itemsLost(long runId, String stage, int from, int to, StageError error);

  /** Ends every item that has not ended. */
  void cancelItems(long runId, String stage);
}
