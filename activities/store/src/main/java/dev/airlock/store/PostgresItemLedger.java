package dev.airlock.store;

import dev.airlock.workflows.ItemLedger;
import dev.airlock.workflows.StageError;

/** Ends items in PostgreSQL. */
final class PostgresItemLedger implements ItemLedger {

  private final Items items;

  PostgresItemLedger(Items items) {
    this.items = items;
  }

  @Override
  public int itemsLost(long runId, String stage, int from, int to, StageError error) {
    return items.lost(runId, stage, from, to, error);
  }

  @Override
  public void cancelItems(long runId, String stage) {
    items.cancelRest(runId, stage);
  }
}
