package dev.airlock.worker;

import dev.airlock.spark.RowSamples;
import dev.airlock.spark.SparkSessions;
import dev.airlock.store.DatasetRow;
import dev.airlock.store.DatasetSamples;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the first rows of versions that stages have not left any of, when somebody asks. */
final class WantedSamples {

  private static final Logger log = LoggerFactory.getLogger(WantedSamples.class);
  private static final int AT_A_TIME = 10;

  private final SparkSessions spark;
  private final RowSamples rows;
  private final StoreDatasetLedger ledger;
  private final DatasetSamples samples;
  private boolean isNewestWanted;

  WantedSamples(
      SparkSessions spark, RowSamples rows, StoreDatasetLedger ledger, DatasetSamples samples) {
    this.spark = spark;
    this.rows = rows;
    this.ledger = ledger;
    this.samples = samples;
  }

  /** Reads what is wanted now. What was published before there were samples is wanted once. */
  void read() {
    if (!spark.isReady()) {
      return;
    }
    if (!isNewestWanted) {
      samples.wantNewest();
      isNewestWanted = true;
    }
    samples.wanted(AT_A_TIME).forEach(this::read);
  }

  private void read(DatasetRow version) {
    try {
      ledger.keepSample(rows.of(version.output()));
    } catch (RuntimeException e) {
      log.warn("The first rows of {} can't be read.", version.dataset(), e);
      samples.refuse(version.dataset(), version.snapshotId(), String.valueOf(e.getMessage()));
    }
  }
}
