package dev.airlock.spark;

import dev.airlock.dsl.graph.SplitSpec;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageTask;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/**
 * Which snapshots train, which one chooses, and which one judges. No label used for training or
 * choosing reaches past the holdout's date.
 *
 * @param training in order, at least one, all before {@code validation}
 * @param validation the one that chooses among candidates
 * @param holdout the one that judges the chosen candidate, and nothing else
 */
record SnapshotSplit(List<LocalDate> training, LocalDate validation, LocalDate holdout) {

  SnapshotSplit {
    training = List.copyOf(training);
  }

  /**
   * The split of a dataset's rows, in a run. A snapshot of which no row has a label is none: its
   * outcomes are not known, whatever the calendar says.
   */
  static SnapshotSplit of(
      SparkSession session, DatasetVersion version, SplitSpec split, String label, StageTask task) {
    return of(Stored.rows(session, version), version, split, label, task);
  }

  /** The split of some rows of a dataset. */
  static SnapshotSplit of(
      Dataset<Row> rows, DatasetVersion version, SplitSpec split, String label, StageTask task) {
    String column = split.snapshotColumn();
    requireDate(rows, column, version);
    List<LocalDate> dates =
        rows
            .where(Columns.quoted(label).isNotNull())
            .select(Columns.quoted(column))
            .distinct()
            .collectAsList()
            .stream()
            .filter(row -> !row.isNullAt(0))
            .map(row -> row.<LocalDate>getAs(0))
            .toList();
    if (dates.isEmpty()) {
      throw StageFailure.of(
          StageFailure.BAD_DATA,
          "column %s: expected rows with a label to train on, found none.".formatted(label));
    }
    LocalDate logicalDate = LocalDate.ofInstant(task.logicalDate(), ZoneOffset.UTC);
    return of(dates, logicalDate, embargoDays(split, task.params()));
  }

  /** The label's horizon in a run, in days. */
  static int embargoDays(SplitSpec split, Map<String, String> params) {
    String text = split.embargoDays().in(params);
    try {
      int days = Integer.parseInt(text);
      if (days >= 1) {
        return days;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number that is too small.
    }
    throw StageFailure.of(
        StageFailure.BAD_PIPELINE,
        "Expected an embargo of at least 1 day, found '%s'.".formatted(text));
  }

  /**
   * Splits snapshots: the holdout is the latest whose labels are complete at the logical date, the
   * validation snapshot the latest whose labels are complete at the holdout's date, and those
   * before it train.
   *
   * @param embargoDays how many days after a snapshot its labels are complete, at least 1
   * @throws io.temporal.failure.ApplicationFailure bad data, where there is too little history
   */
  static SnapshotSplit of(Collection<LocalDate> snapshots, LocalDate logicalDate, int embargoDays) {
    TreeSet<LocalDate> dates = new TreeSet<>(snapshots);
    Predicate<LocalDate> complete = date -> !date.plusDays(embargoDays).isAfter(logicalDate);
    LocalDate holdout =
        dates.descendingSet().stream()
            .filter(complete)
            .findFirst()
            .orElseThrow(() -> tooLittle(dates, logicalDate, embargoDays, "to judge on"));
    LocalDate validation =
        dates.headSet(holdout, false).descendingSet().stream()
            .filter(date -> !date.plusDays(embargoDays).isAfter(holdout))
            .findFirst()
            .orElseThrow(
                () ->
                    tooLittle(
                        dates,
                        logicalDate,
                        embargoDays,
                        "to choose on, with labels complete by %s, which judges"
                            .formatted(holdout)));
    List<LocalDate> training = List.copyOf(dates.headSet(validation));
    if (training.isEmpty()) {
      throw tooLittle(
          dates,
          logicalDate,
          embargoDays,
          "to train on before %s, which chooses (%s judges)".formatted(validation, holdout));
    }
    return new SnapshotSplit(training, validation, holdout);
  }

  private static RuntimeException tooLittle(
      Collection<LocalDate> dates, LocalDate logicalDate, int embargoDays, String missing) {
    String found =
        dates.isEmpty()
            ? "no snapshot at all"
            : dates.stream().map(LocalDate::toString).collect(Collectors.joining(", "));
    return StageFailure.of(
        StageFailure.BAD_DATA,
        "Too little history by %s with labels complete after %d days: expected a snapshot %s, found %s. Give data that begins earlier, or a later logical date."
            .formatted(logicalDate, embargoDays, missing, found));
  }

  private static void requireDate(Dataset<Row> rows, String column, DatasetVersion version) {
    if (version.columns().stream().noneMatch(known -> known.name().equals(column))) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s, the snapshot column: %s"
              .formatted(version.dataset(), Columns.missing(column, version.columns())));
    }
    boolean date =
        Arrays.stream(rows.schema().fields())
            .anyMatch(
                field ->
                    field.name().equals(column) && field.dataType().equals(DataTypes.DateType));
    if (!date) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s: expected a column %s of dates, which names each row's snapshot; the columns are %s."
              .formatted(version.dataset(), column, Columns.names(version.columns())));
    }
  }
}
