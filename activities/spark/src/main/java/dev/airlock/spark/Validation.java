package dev.airlock.spark;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.Expectation;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;

/**
 * Holds a dataset against its expectations. One pass counts what all of them ask for, one more is
 * made for each set of columns that tells rows apart, and one for the examples of each that fails.
 */
final class Validation {

  private static final int EXAMPLES = 3;
  private static final String ROWS = "rows";

  private final DatasetVersion version;
  private final List<Expectation> expectations;
  private final Dataset<Row> rows;
  private final List<String> key;
  private final Mask mask;
  private final List<String> failures = new ArrayList<>();

  /**
   * Expectations of rows.
   *
   * @param rows those of the version, or some of them
   * @param mask stands in for personal keys of examples
   */
  Validation(Dataset<Row> rows, DatasetVersion version, List<Expectation> expectations, Mask mask) {
    this.version = version;
    this.expectations = expectations;
    this.rows = rows;
    this.mask = mask;
    this.key =
        expectations.stream()
            .filter(Expectation.Unique.class::isInstance)
            .map(expectation -> ((Expectation.Unique) expectation).columns())
            .filter(columns -> columns.stream().allMatch(name -> column(name).isPresent()))
            .findFirst()
            .orElse(List.of());
  }

  /**
   * Checks every expectation.
   *
   * @throws io.temporal.failure.ApplicationFailure bad data, naming all that do not hold, with
   *     counts and the keys of up to three rows each
   */
  static void check(
      SparkSession session, DatasetVersion version, List<Expectation> expectations, Mask mask) {
    new Validation(Stored.rows(session, version), version, expectations, mask).run();
  }

  /**
   * Checks each expectation by itself. How many rows there are is that of the whole version; all
   * else is said of the rows that are here.
   */
  List<Finding> findings() {
    Row counts = counts();
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < expectations.size(); i++) {
      Expectation expectation = expectations.get(i);
      failures.clear();
      boolean ofAll =
          expectation instanceof Expectation.RowsAtLeast
              || expectation instanceof Expectation.RowsAtMost;
      check(expectation, ofAll ? version.rows() : counts.getLong(0), counts.getLong(i + 1));
      findings.add(
          new Finding(
              words(expectation),
              List.copyOf(failures),
              failures.isEmpty() ? List.of() : breaking(expectation)));
    }
    return findings;
  }

  /**
   * What came of one expectation.
   *
   * @param failures what does not hold, one sentence each
   * @param examples rows that break it, whole
   */
  record Finding(String expectation, List<String> failures, List<Row> examples) {}

  private List<Row> breaking(Expectation expectation) {
    if (expectation instanceof Expectation.Unique unique) {
      return repeated(unique.columns());
    }
    return breaks(expectation)
        .map(breaks -> rows.where(breaks).limit(EXAMPLES).collectAsList())
        .orElse(List.of());
  }

  private List<Row> repeated(List<String> columns) {
    if (!columns.stream().allMatch(name -> column(name).isPresent())) {
      return List.of();
    }
    Column[] by = columns.stream().map(Columns::quoted).toArray(Column[]::new);
    String times = "airlock_times";
    return rows.withColumn(times, count(lit(1)).over(Window.partitionBy(by)))
        .where(Columns.quoted(times).gt(1))
        .orderBy(by)
        .drop(times)
        .limit(EXAMPLES)
        .collectAsList();
  }

  /** As a pipeline says it. */
  private static String words(Expectation expectation) {
    if (expectation instanceof Expectation.NotNull notNull) {
      return notNull.column() + " is never null";
    }
    if (expectation instanceof Expectation.Between between) {
      return "%s is between %s and %s"
          .formatted(between.column(), shown(between.least()), shown(between.most()));
    }
    if (expectation instanceof Expectation.Unique unique) {
      return String.join(", ", unique.columns()) + " tells rows apart";
    }
    if (expectation instanceof Expectation.RowsAtLeast atLeast) {
      return "at least %s rows".formatted(shown(atLeast.rows()));
    }
    if (expectation instanceof Expectation.RowsAtMost atMost) {
      return "at most %s rows".formatted(shown(atMost.rows()));
    }
    return "has the columns " + Columns.names(((Expectation.HasColumns) expectation).columns());
  }

  private void run() {
    Row counts = counts();
    long total = counts.getLong(0);
    for (int i = 0; i < expectations.size(); i++) {
      check(expectations.get(i), total, counts.getLong(i + 1));
    }
    if (!failures.isEmpty()) {
      int more = failures.size() - 1;
      String rest =
          more == 0
              ? ""
              : " %d more %s not met.".formatted(more, more == 1 ? "expectation is" : "are");
      throw StageFailure.of(StageFailure.BAD_DATA, failures.get(0) + rest, failures);
    }
  }

  /** First how many rows there are, then for each expectation how many break it by themselves. */
  private Row counts() {
    Column[] broken =
        expectations.stream()
            .map(expectation -> breaks(expectation).orElse(lit(false)))
            .map(breaks -> coalesce(sum(breaks.cast("long")), lit(0L)))
            .toArray(Column[]::new);
    return rows.agg(count(lit(1)).as(ROWS), broken).first();
  }

  /** Whether a row breaks the expectation; empty where no row does so by itself. */
  private Optional<Column> breaks(Expectation expectation) {
    if (expectation instanceof Expectation.NotNull notNull) {
      return column(notNull.column()).map(column -> Columns.quoted(column.name()).isNull());
    }
    if (expectation instanceof Expectation.Between between) {
      return column(between.column())
          .filter(column -> Columns.isNumeric(column.type()))
          .map(column -> Columns.quoted(column.name()))
          .map(value -> coalesce(not(value.between(between.least(), between.most())), lit(false)));
    }
    return Optional.empty();
  }

  private void check(Expectation expectation, long total, long broken) {
    if (expectation instanceof Expectation.NotNull notNull) {
      checkRows(notNull.column(), "a value in every row", "none", expectation, total, broken);
    } else if (expectation instanceof Expectation.Between between) {
      if (isNumber(between.column())) {
        String range =
            "values from %s to %s".formatted(shown(between.least()), shown(between.most()));
        checkRows(between.column(), range, "others", expectation, total, broken);
      }
    } else if (expectation instanceof Expectation.Unique unique) {
      checkUnique(unique.columns());
    } else if (expectation instanceof Expectation.RowsAtLeast atLeast) {
      if (total < atLeast.rows()) {
        fail("", "at least %s rows".formatted(shown(atLeast.rows())), shown(total));
      }
    } else if (expectation instanceof Expectation.RowsAtMost atMost) {
      if (total > atMost.rows()) {
        fail("", "at most %s rows".formatted(shown(atMost.rows())), shown(total));
      }
    } else if (expectation instanceof Expectation.HasColumns hasColumns) {
      hasColumns.columns().forEach(this::checkColumn);
    }
  }

  private void checkRows(
      String name,
      String expected,
      String found,
      Expectation expectation,
      long total,
      long broken) {
    if (isThere(name) && broken > 0) {
      Dataset<Row> examples = rows.where(breaks(expectation).orElseThrow());
      fail(
          name,
          expected,
          "%s in %s of %s rows%s"
              .formatted(found, shown(broken), shown(total), examples(examples, key)));
    }
  }

  private void checkUnique(List<String> columns) {
    if (!columns.stream().allMatch(this::isThere)) {
      return;
    }
    Column[] by = columns.stream().map(Columns::quoted).toArray(Column[]::new);
    String times = "airlock_times";
    Dataset<Row> repeated =
        rows.groupBy(by).agg(count(lit(1)).as(times)).where(Columns.quoted(times).gt(1));
    Row sums = repeated.agg(count(lit(1)), sum(Columns.quoted(times))).first();
    if (sums.getLong(0) > 0) {
      fail(
          String.join(", ", columns),
          "no two rows alike in it",
          "%s rows that share %s values%s"
              .formatted(
                  shown(sums.getLong(1)), shown(sums.getLong(0)), examples(repeated, columns)));
    }
  }

  private void checkColumn(ColumnSpec expected) {
    Optional<ColumnSpec> column = column(expected.name());
    if (column.isEmpty()) {
      isThere(expected.name());
    } else if (column.get().type() != expected.type()) {
      fail(expected.name(), "the type " + expected.type(), column.get().type().toString());
    }
  }

  private boolean isNumber(String name) {
    Optional<ColumnSpec> column = column(name);
    if (column.isEmpty()) {
      return isThere(name);
    }
    boolean number = Columns.isNumeric(column.get().type());
    if (!number) {
      fail(name, "numbers", column.get().type().toString());
    }
    return number;
  }

  private boolean isThere(String name) {
    boolean there = column(name).isPresent();
    String sentence =
        "%s: %s".formatted(version.dataset(), Columns.missing(name, version.columns()));
    if (!there && !failures.contains(sentence)) {
      failures.add(sentence);
    }
    return there;
  }

  private Optional<ColumnSpec> column(String name) {
    return version.columns().stream().filter(column -> column.name().equals(name)).findFirst();
  }

  /** The keys of a few rows, as {@code , such as order_id 17, 42}; nothing where rows have none. */
  private String examples(Dataset<Row> rows, List<String> key) {
    if (key.isEmpty()) {
      return "";
    }
    Column[] columns = key.stream().map(Columns::quoted).toArray(Column[]::new);
    String values =
        rows.select(columns).orderBy(columns).limit(EXAMPLES).collectAsList().stream()
            .map(row -> shown(row, key))
            .collect(Collectors.joining(", "));
    return ", such as %s %s".formatted(String.join("/", key), values);
  }

  private String shown(Row row, List<String> key) {
    return IntStream.range(0, key.size())
        .mapToObj(
            i ->
                column(key.get(i)).filter(PersonalColumns::isPersonal).isPresent()
                        && !row.isNullAt(i)
                    ? mask.of(row.get(i))
                    : String.valueOf(row.get(i)))
        .collect(Collectors.joining("/"));
  }

  private void fail(String column, String expected, String found) {
    failures.add(sentence(column, expected, found));
  }

  private String sentence(String column, String expected, String found) {
    return "%s%s: expected %s, found %s."
        .formatted(
            version.dataset(), column.isEmpty() ? "" : ", column " + column, expected, found);
  }

  private static String shown(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String shown(double bound) {
    return bound == Math.rint(bound) && Math.abs(bound) < 1e15
        ? shown((long) bound)
        : Double.toString(bound);
  }
}
