package dev.airlock.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.scoring.ScoringModel;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;

/** The rows of snapshots that have a label, as plain arrays on the driver: 8 bytes a value. */
final class SnapshotRows {

  private static final String COPY = "airlock_copy";

  private final double[] labels;
  private final Map<String, double[]> columns;
  private final List<Partition> partitions;

  private SnapshotRows(double[] labels, Map<String, double[]> columns, List<Partition> partitions) {
    this.labels = labels;
    this.columns = columns;
    this.partitions = partitions;
  }

  /**
   * Reads a snapshot.
   *
   * @param features every column that a model will ask for
   * @throws io.temporal.failure.ApplicationFailure bad data, where a value is not a finite number
   */
  static SnapshotRows of(
      Dataset<Row> rows,
      String snapshotColumn,
      LocalDate snapshot,
      String label,
      Collection<String> features) {
    return of(rows, snapshotColumn, snapshot, label, features, List.of());
  }

  /**
   * Reads a snapshot.
   *
   * @param features every column that a model will ask for
   * @param parts the columns by which the rows are parted
   * @throws io.temporal.failure.ApplicationFailure bad data, where a value of a feature is not a
   *     finite number
   */
  static SnapshotRows of(
      Dataset<Row> rows,
      String snapshotColumn,
      LocalDate snapshot,
      String label,
      Collection<String> features,
      List<ColumnSpec> parts) {
    return of(rows, snapshotColumn, List.of(snapshot), label, features, parts, Integer.MAX_VALUE);
  }

  /**
   * Reads some rows of some snapshots.
   *
   * @param features every column that a model will ask for
   * @param most how many rows; where there are more, a sample of them, the same in every run
   * @throws io.temporal.failure.ApplicationFailure bad data, where a value is not a finite number
   */
  static SnapshotRows of(
      Dataset<Row> rows,
      String snapshotColumn,
      List<LocalDate> snapshots,
      String label,
      Collection<String> features,
      int most) {
    return of(rows, snapshotColumn, snapshots, label, features, List.of(), most);
  }

  private static SnapshotRows of(
      Dataset<Row> rows,
      String snapshotColumn,
      List<LocalDate> snapshots,
      String label,
      Collection<String> features,
      List<ColumnSpec> parts,
      int most) {
    Set<String> names = new LinkedHashSet<>(features);
    Dataset<Row> labelled =
        rows.where(Columns.quoted(snapshotColumn).isin(snapshots.toArray()))
            .where(Columns.quoted(label).isNotNull())
            .select(selected(label, names, parts));
    Dataset<Row> chosen =
        most < Integer.MAX_VALUE && labelled.count() > most ? sample(labelled, most) : labelled;
    List<Row> found = chosen.orderBy(everyColumn(labelled)).collectAsList();
    Map<String, double[]> columns = new LinkedHashMap<>();
    int place = 1;
    for (String name : names) {
      columns.put(name, column(found, place++, name));
    }
    List<Partition> partitions = new ArrayList<>();
    for (ColumnSpec part : parts) {
      partitions.add(partition(found, place++, part));
    }
    return new SnapshotRows(column(found, 0, label), columns, partitions);
  }

  private static Partition partition(List<Row> rows, int place, ColumnSpec column) {
    if (!Columns.isNumeric(column.type())) {
      List<@Nullable String> texts = new ArrayList<>();
      rows.forEach(row -> texts.add(row.isNullAt(place) ? null : row.getString(place)));
      return Partition.ofTexts(column.name(), texts);
    }
    double[] numbers = new double[rows.size()];
    int at = 0;
    for (Row row : rows) {
      numbers[at++] = row.isNullAt(place) ? Double.NaN : row.getDouble(place);
    }
    return Partition.ofNumbers(column.name(), numbers);
  }

  int count() {
    return labels.length;
  }

  /** The rows by the columns by which they are parted. */
  List<Partition> partitions() {
    return partitions;
  }

  /**
   * At most so many of the rows, evenly spread. Rows lie in the order of their labels, so each
   * class keeps its share.
   */
  SnapshotRows everyNth(int most) {
    int step = (labels.length + most - 1) / most;
    if (step <= 1) {
      return this;
    }
    Map<String, double[]> fewer = new LinkedHashMap<>();
    columns.forEach((name, values) -> fewer.put(name, everyNth(values, step)));
    return new SnapshotRows(everyNth(labels, step), fewer, List.of());
  }

  private static double[] everyNth(double[] values, int step) {
    double[] chosen = new double[(values.length + step - 1) / step];
    Arrays.setAll(chosen, i -> values[i * step]);
    return chosen;
  }

  /** A model's features in its order, each one value a row. */
  double[][] vectors(ScoringModel model) {
    return model.features().stream().map(this::column).toArray(double[][]::new);
  }

  /** One a row. */
  double[] labels() {
    return labels;
  }

  /** The values of a column that was asked for, one a row. */
  double[] column(String name) {
    double[] column = columns.get(name);
    if (column == null) {
      throw new IllegalArgumentException("The column " + name + " was not read.");
    }
    return column;
  }

  /** What the gateway would answer, one a row. */
  double[] scores(ScoringModel model) {
    double[][] features = vectors(model);
    double[] scores = new double[labels.length];
    double[] vector = new double[features.length];
    for (int row = 0; row < scores.length; row++) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = features[i][row];
      }
      scores[row] = model.score(vector);
    }
    return scores;
  }

  /** Named by their places, since a label may also be a feature, and a feature a part. */
  private static Column[] selected(String label, Set<String> features, List<ColumnSpec> parts) {
    List<Column> columns = new ArrayList<>();
    for (String name : Stream.concat(Stream.of(label), features.stream()).toList()) {
      columns.add(Columns.quoted(name).cast("double").as("airlock_" + columns.size()));
    }
    for (ColumnSpec part : parts) {
      String type = Columns.isNumeric(part.type()) ? "double" : "string";
      columns.add(Columns.quoted(part.name()).cast(type).as("airlock_" + columns.size()));
    }
    return columns.toArray(Column[]::new);
  }

  /**
   * The rows whose digests come first, whatever order Spark reads in. Equal rows are numbered, so
   * that they are not all taken or all left.
   */
  private static Dataset<Row> sample(Dataset<Row> rows, int most) {
    Column[] all = everyColumn(rows);
    Column[] numbered = Stream.concat(Stream.of(all), Stream.of(col(COPY))).toArray(Column[]::new);
    Column digest = functions.xxhash64(numbered);
    return rows.groupBy(all)
        .count()
        .withColumn(COPY, functions.explode(functions.sequence(lit(1L), col("count"))))
        .orderBy(Stream.concat(Stream.of(digest), Stream.of(numbered)).toArray(Column[]::new))
        .limit(most)
        .select(all);
  }

  /** All, to sort by, so that sums of doubles are the same in every run. */
  private static Column[] everyColumn(Dataset<Row> rows) {
    return Stream.of(rows.columns()).map(Columns::quoted).toArray(Column[]::new);
  }

  private static double[] column(List<Row> rows, int place, String name) {
    double[] values = new double[rows.size()];
    long unusable = 0;
    Iterator<Row> iterator = rows.iterator();
    for (int i = 0; i < values.length; i++) {
      Row row = iterator.next();
      values[i] = row.isNullAt(place) ? Double.NaN : row.getDouble(place);
      unusable += Double.isFinite(values[i]) ? 0 : 1;
    }
    if (unusable > 0) {
      throw TrainingRows.unusable(name, unusable, values.length);
    }
    return values;
  }
}
