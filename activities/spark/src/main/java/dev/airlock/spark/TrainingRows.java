package dev.airlock.spark;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import dev.airlock.workflows.StageFailure;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * The rows that a candidate learns from, checked, in an order that is always the same.
 *
 * @param vectors columns {@value #LABEL} and {@value #FEATURES}
 * @param count how many rows, at least one
 */
record TrainingRows(Dataset<Row> vectors, long count) {

  static final String LABEL = "airlock_label";
  static final String FEATURES = "airlock_features";

  /**
   * Up to so many rows one task works alone: sums of doubles depend on the order in which tasks
   * end, and a repeated run shall give the same model to the last bit.
   */
  private static final long ROWS_PER_TASK = 1_000_000;

  /**
   * The rows of these snapshots that have a label.
   *
   * @throws io.temporal.failure.ApplicationFailure bad data, where a feature is not a finite
   *     number, a label is none, or all labels are alike
   */
  static TrainingRows of(
      Dataset<Row> rows, String snapshotColumn, List<LocalDate> snapshots, Learning learning) {
    Dataset<Row> chosen =
        rows.where(Columns.quoted(snapshotColumn).isin(snapshots.toArray()))
            .where(Columns.quoted(learning.label()).isNotNull())
            .select(doubles(learning));
    long count = requireUsable(chosen, learning);
    return new TrainingRows(vectors(ordered(chosen, count), learning), count);
  }

  private static Column[] doubles(Learning learning) {
    return Stream.concat(Stream.of(learning.label()), learning.features().stream())
        .map(name -> Columns.quoted(name).cast("double").as(name))
        .toArray(Column[]::new);
  }

  private static Dataset<Row> ordered(Dataset<Row> rows, long count) {
    Column[] all = Stream.of(rows.columns()).map(Columns::quoted).toArray(Column[]::new);
    int tasks = (int) (count / ROWS_PER_TASK) + 1;
    Dataset<Row> parted = tasks == 1 ? rows.coalesce(1) : rows.repartition(tasks, all);
    return parted.sortWithinPartitions(all);
  }

  private static Dataset<Row> vectors(Dataset<Row> rows, Learning learning) {
    List<String> names = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    columns.add(Columns.quoted(learning.label()).as(LABEL));
    for (String feature : learning.features()) {
      // Plain names, since the assembler reads a dot as a path.
      String name = "airlock_feature_" + names.size();
      names.add(name);
      columns.add(Columns.quoted(feature).as(name));
    }
    return new VectorAssembler()
        .setInputCols(names.toArray(String[]::new))
        .setOutputCol(FEATURES)
        .transform(rows.select(columns.toArray(Column[]::new)))
        .select(LABEL, FEATURES);
  }

  private static long requireUsable(Dataset<Row> rows, Learning learning) {
    Column label = Columns.quoted(learning.label());
    List<Column> counts = new ArrayList<>();
    counts.add(functions.count(lit(1)));
    counts.add(times(notFinite(Columns.quoted(learning.label()))));
    counts.add(times(label.equalTo(1)));
    counts.add(times(label.equalTo(0)));
    for (String feature : learning.features()) {
      counts.add(times(notFinite(Columns.quoted(feature))));
    }
    Column[] rest = counts.subList(1, counts.size()).toArray(Column[]::new);
    Row found = rows.agg(counts.get(0), rest).first();
    long count = found.getLong(0);
    requireLabels(learning, count, found.getLong(1), found.getLong(2), found.getLong(3));
    for (int i = 0; i < learning.features().size(); i++) {
      if (found.getLong(i + 4) > 0) {
        throw unusable(learning.features().get(i), found.getLong(i + 4), count);
      }
    }
    return count;
  }

  private static void requireLabels(
      Learning learning, long count, long notFinite, long ones, long zeros) {
    if (notFinite > 0) {
      throw unusable(learning.label(), notFinite, count);
    }
    if (!learning.algorithm().isClassifier()) {
      return;
    }
    if (ones + zeros < count) {
      throw bad(
          learning.label(),
          "0 or 1 in every row, to train a classifier",
          "other values in %,d of %,d rows".formatted(count - ones - zeros, count));
    }
    if (ones == 0 || zeros == 0) {
      throw bad(
          learning.label(),
          "rows of both classes to train a classifier",
          "%d in all %s rows".formatted(ones == 0 ? 0 : 1, shown(count)));
    }
  }

  private static Column notFinite(Column value) {
    return value
        .isNull()
        .or(value.isNaN())
        .or(value.equalTo(Double.POSITIVE_INFINITY))
        .or(value.equalTo(Double.NEGATIVE_INFINITY));
  }

  private static Column times(Column condition) {
    return coalesce(sum(condition.cast("long")), lit(0L));
  }

  /** A column that is no finite number in some rows. */
  static RuntimeException unusable(String column, long rows, long of) {
    return bad(
        column,
        "a finite number in every row",
        "none in %s of %s rows. Fill them in the SQL, with coalesce, or leave the column out"
            .formatted(shown(rows), shown(of)));
  }

  private static RuntimeException bad(String column, String expected, String found) {
    return StageFailure.of(
        StageFailure.BAD_DATA,
        "column %s: expected %s, found %s.".formatted(column, expected, found));
  }

  private static String shown(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
