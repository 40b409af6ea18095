package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The branch of a dataset's table that one attempt writes to, until it is published or dropped. */
final class Branch {

  static final String RUN = "airlock.run";
  static final String STAGE = "airlock.stage";
  static final String ATTEMPT = "airlock.attempt";

  private static final int MOST_TRIES = 50;
  private static final Logger LOG = LoggerFactory.getLogger(Branch.class);

  private final Table table;
  private final String name;

  Branch(Table table, String name) {
    this.table = table;
    this.name = name;
  }

  /** A branch that stands where main stands. What earlier attempts left of theirs is dropped. */
  static Branch madeAnew(Table table, Attempt attempt) {
    change(
        table,
        refs -> {
          table.refs().entrySet().stream()
              .filter(ref -> ref.getValue().isBranch())
              .filter(ref -> attempt.isOwnBranch(ref.getKey()))
              .forEach(ref -> refs.removeBranch(ref.getKey()));
          refs.createBranch(attempt.branch(), main(table).snapshotId());
        });
    return new Branch(table, attempt.branch());
  }

  Table table() {
    return table;
  }

  /** Makes these files all that there is on the branch. */
  void overwrite(List<DataFile> files, Attempt attempt) {
    OverwriteFiles overwrite =
        table.newOverwrite().overwriteByRowFilter(Expressions.alwaysTrue()).toBranch(name);
    files.forEach(overwrite::addFile);
    overwrite
        .set(RUN, Long.toString(attempt.runId()))
        .set(STAGE, attempt.stage())
        .set(ATTEMPT, Integer.toString(attempt.number()))
        .commit();
  }

  /** What lies on the branch, as a version that nobody else sees yet. */
  DatasetVersion version(String dataset, List<ColumnSpec> columns) {
    table.refresh();
    Snapshot head = Objects.requireNonNull(table.snapshot(name), "the branch's snapshot");
    return new DatasetVersion(dataset, head.snapshotId(), rows(head), name, columns);
  }

  /** Whether the snapshot is main's, or one that main has moved on from. */
  static boolean isOnMain(Table table, long snapshotId) {
    return SnapshotUtil.isAncestorOf(table, main(table).snapshotId(), snapshotId);
  }

  /** Whether the branch is there and main can be moved to its head without losing what it has. */
  static boolean isAheadOfMain(Table table, @Nullable String branch) {
    Snapshot head = branch == null ? null : table.snapshot(branch);
    return head != null
        && SnapshotUtil.isAncestorOf(table, head.snapshotId(), main(table).snapshotId());
  }

  /**
   * Makes the branch anew from today's main, with the files of a snapshot that began at an older
   * one.
   */
  static Branch rebuilt(Table table, long snapshotId, Attempt attempt) {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshotId).planFiles()) {
      tasks.forEach(task -> files.add(task.file().copy()));
    } catch (IOException e) {
      throw new UncheckedIOException("The snapshot's files can't be listed.", e);
    }
    Branch branch = madeAnew(table, attempt);
    branch.overwrite(files, attempt);
    return branch;
  }

  /** Moves main to the version unless it is there, and leaves the run's tag on it. */
  static void publish(Table table, DatasetVersion version, String tag) {
    long snapshotId = version.snapshotId();
    change(
        table,
        refs -> {
          if (!isOnMain(table, snapshotId)) {
            refs.fastForwardBranch(
                SnapshotRef.MAIN_BRANCH, Objects.requireNonNull(version.branch(), "the branch"));
          }
          if (table.refs().containsKey(tag)) {
            refs.replaceTag(tag, snapshotId);
          } else {
            refs.createTag(tag, snapshotId);
          }
        });
  }

  /**
   * Drops the branch if it is there. A branch that stays is only untidy, so that this never fails;
   * the next attempt tries again.
   */
  static void drop(Table table, String branch) {
    // A thread that is to stop must still be able to tidy up.
    boolean interrupted = Thread.interrupted();
    try {
      change(
          table,
          refs -> {
            if (table.refs().containsKey(branch)) {
              refs.removeBranch(branch);
            }
          });
    } catch (RuntimeException e) {
      LOG.warn("The branch {} of {} stays, since it can't be dropped.", branch, table.name(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  void drop() {
    drop(table, name);
  }

  /**
   * Changes branches and tags. Others write to the same table meanwhile; Iceberg does not repeat
   * such a change by itself, and what is to be changed depends on what they did.
   */
  private static void change(Table table, Consumer<ManageSnapshots> changes) {
    for (int tries = 1; ; tries++) {
      table.refresh();
      ManageSnapshots change = table.manageSnapshots();
      changes.accept(change);
      try {
        change.commit();
        return;
      } catch (CommitFailedException e) {
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private static Snapshot main(Table table) {
    return Objects.requireNonNull(table.currentSnapshot(), "main's snapshot");
  }

  private static long rows(Snapshot snapshot) {
    return Long.parseLong(snapshot.summary().getOrDefault(SnapshotSummary.TOTAL_RECORDS_PROP, "0"));
  }
}
