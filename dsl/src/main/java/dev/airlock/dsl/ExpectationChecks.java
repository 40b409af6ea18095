package dev.airlock.dsl;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Expectation;
import java.util.List;
import java.util.Optional;

/** Whether expectations can hold, and of columns that are there. */
final class ExpectationChecks {

  private final Optional<List<ColumnSpec>> columns;
  private final Findings findings;

  private ExpectationChecks(Optional<List<ColumnSpec>> columns, Findings findings) {
    this.columns = columns;
    this.findings = findings;
  }

  /**
   * @param columns those of the dataset, where they are known
   */
  static void check(
      List<Expectation> expectations, Optional<List<ColumnSpec>> columns, Findings findings) {
    if (expectations.isEmpty()) {
      findings.add("Nothing is expected of the dataset.", "Say what must hold: rows().atLeast(1).");
    }
    ExpectationChecks checks = new ExpectationChecks(columns, findings);
    expectations.forEach(checks::check);
    checks.checkRows(expectations);
  }

  private void check(Expectation expectation) {
    if (expectation instanceof Expectation.NotNull notNull) {
      find(notNull.column());
    } else if (expectation instanceof Expectation.Between between) {
      checkBetween(between);
    } else if (expectation instanceof Expectation.Unique unique) {
      if (unique.columns().isEmpty()) {
        findings.add("unique() names no columns.", "Name those that tell rows apart.");
      }
      unique.columns().forEach(this::find);
    } else if (expectation instanceof Expectation.HasColumns schema) {
      checkSchema(schema);
    }
  }

  private void checkBetween(Expectation.Between between) {
    if (!(between.least() <= between.most())) {
      findings.add(
          "No value of '%s' lies between %s and %s."
              .formatted(between.column(), between.least(), between.most()),
          "Swap the bounds.");
    }
    find(between.column())
        .filter(found -> found.type() != ColumnType.INTEGER && found.type() != ColumnType.DECIMAL)
        .ifPresent(
            found ->
                findings.add(
                    "Column '%s' is %s, and only numbers lie between two others."
                        .formatted(found.name(), found.type()),
                    "Read it as INTEGER or DECIMAL, or expect something else of it."));
  }

  private void checkSchema(Expectation.HasColumns schema) {
    if (schema.columns().isEmpty()) {
      findings.add("schema() names no columns.", "Name those that must be there.");
    }
    for (ColumnSpec expected : schema.columns()) {
      find(expected.name())
          .filter(found -> found.type() != expected.type())
          .ifPresent(
              found ->
                  findings.add(
                      "Column '%s' is read as %s and expected as %s."
                          .formatted(found.name(), found.type(), expected.type()),
                      "Make the two agree."));
    }
  }

  private void checkRows(List<Expectation> expectations) {
    long least = 0;
    long most = Long.MAX_VALUE;
    for (Expectation expectation : expectations) {
      if (expectation instanceof Expectation.RowsAtLeast atLeast) {
        least = Math.max(least, atLeast.rows());
      } else if (expectation instanceof Expectation.RowsAtMost atMost) {
        most = Math.min(most, atMost.rows());
      }
    }
    if (least > most) {
      findings.add(
          "No dataset has at least %d rows and at most %d.".formatted(least, most),
          "Swap the bounds.");
    }
  }

  private Optional<ColumnSpec> find(String name) {
    if (columns.isEmpty()) {
      return Optional.empty();
    }
    Optional<ColumnSpec> found =
        columns.get().stream().filter(column -> column.name().equals(name)).findFirst();
    if (found.isEmpty()) {
      findings.add(
          "The dataset has no column '%s'.".formatted(name),
          Names.didYouMean(name, columns.get().stream().map(ColumnSpec::name).toList()));
    }
    return found;
  }
}
