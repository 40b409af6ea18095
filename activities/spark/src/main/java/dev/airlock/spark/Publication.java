package dev.airlock.spark;

import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves what lies on a branch to main, under the dataset's lock. */
final class Publication {

  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

  private final Tables tables;
  private final DatasetLedger ledger;

  Publication(Tables tables, DatasetLedger ledger) {
    this.tables = tables;
    this.ledger = ledger;
  }

  /**
   * Publishes a version. Idempotent under the run and the stage: what was published before is the
   * answer. Where main has moved since the branch was made, the branch is made anew from main and
   * {@code check} is given the result before main moves.
   *
   * @return the version as it is on main
   */
  DatasetVersion publish(
      DatasetVersion candidate, Attempt attempt, Consumer<DatasetVersion> check) {
    DatasetVersion published;
    DatasetLedger.Lock lock = ledger.lock(candidate.dataset());
    try {
      published = done(attempt).orElseGet(() -> move(candidate, attempt, check));
    } finally {
      lock.close();
    }
    discard(candidate);
    return published;
  }

  /** Drops the version's branch, where it is on one. */
  void discard(DatasetVersion version) {
    if (version.branch() != null) {
      ledger.dropping(version.dataset(), version.branch());
      Branch.drop(tables.existing(version.dataset()), version.branch());
    }
  }

  /** What this stage of this run has published before. */
  Optional<DatasetVersion> done(Attempt attempt) {
    return ledger.published(attempt.runId(), attempt.stage());
  }

  private DatasetVersion move(
      DatasetVersion candidate, Attempt attempt, Consumer<DatasetVersion> check) {
    ledger.requireCurrent(attempt.runId(), attempt.stage(), attempt.number());
    Table table = tables.existing(candidate.dataset());
    DatasetVersion ready = candidate;
    boolean fits =
        Branch.isOnMain(table, candidate.snapshotId())
            || Branch.isAheadOfMain(table, candidate.branch());
    if (!fits) {
      LOG.info(
          "{}: main has moved since {} began; the branch is made anew.",
          candidate.dataset(),
          attempt.group());
      ready =
          Branch.rebuilt(table, candidate.snapshotId(), attempt)
              .version(candidate.dataset(), candidate.columns());
      check.accept(ready);
    }
    Branch.publish(table, ready, attempt.tag());
    DatasetVersion published =
        new DatasetVersion(
            ready.dataset(), ready.snapshotId(), ready.rows(), null, ready.columns());
    ledger.publish(attempt.runId(), attempt.stage(), attempt.number(), published);
    if (!ready.equals(candidate)) {
      discard(ready);
    }
    LOG.info(
        "{}: {} rows are on main as snapshot {}.",
        published.dataset(),
        published.rows(),
        published.snapshotId());
    return published;
  }
}
