package dev.airlock.spark;

import dev.airlock.scoring.ScoringModel;
import java.time.LocalDate;
import java.util.ArrayList;
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

/** The rows of one snapshot that have a label, as plain arrays on the driver: 8 bytes a value. */
final class SnapshotRows {

  private final double[] labels;
  private final Map<String, double[]> columns;

  private SnapshotRows(double[] labels, Map<String, double[]> columns) {
    this.labels = labels;
    this.columns = columns;
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
    Set<String> names = new LinkedHashSet<>(features);
    Column[] selected =
        Stream.concat(Stream.of(label), names.stream())
            .map(name -> Columns.quoted(name).cast("double"))
            .toArray(Column[]::new);
    List<Row> found =
        rows.where(Columns.quoted(snapshotColumn).equalTo(snapshot))
            .where(Columns.quoted(label).isNotNull())
            .select(selected)
            .orderBy(everyColumn(selected.length))
            .collectAsList();
    Map<String, double[]> columns = new LinkedHashMap<>();
    int place = 1;
    for (String name : names) {
      columns.put(name, column(found, place++, name));
    }
    return new SnapshotRows(column(found, 0, label), columns);
  }

  int count() {
    return labels.length;
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
    List<double[]> features = model.features().stream().map(this::column).toList();
    double[] scores = new double[labels.length];
    double[] vector = new double[features.size()];
    for (int row = 0; row < scores.length; row++) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = features.get(i)[row];
      }
      scores[row] = model.score(vector);
    }
    return scores;
  }

  /** By every column, so that sums of doubles are the same in every run. */
  private static Column[] everyColumn(int width) {
    List<Column> order = new ArrayList<>();
    for (int i = 1; i <= width; i++) {
      order.add(org.apache.spark.sql.functions.expr(Integer.toString(i)));
    }
    return order.toArray(Column[]::new);
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
