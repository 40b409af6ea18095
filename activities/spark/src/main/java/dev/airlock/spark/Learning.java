package dev.airlock.spark;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.TrainerSpec;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.util.List;

/**
 * What is learnt from what.
 *
 * @param label the column to predict
 * @param features the columns to predict from, in the order of the model's vector
 */
record Learning(Algorithm algorithm, String label, List<String> features) {

  Learning {
    features = List.copyOf(features);
  }

  /**
   * The columns that a trainer means in this dataset.
   *
   * @throws io.temporal.failure.ApplicationFailure bad pipeline, where one is not there or is no
   *     number
   */
  static Learning of(TrainerSpec trainer, String snapshotColumn, DatasetVersion version) {
    List<String> features =
        trainer.features().isEmpty()
            ? everyNumber(version, trainer.label(), snapshotColumn)
            : trainer.features();
    requireNumber(version, "the label", trainer.label());
    features.forEach(feature -> requireNumber(version, "a feature", feature));
    if (features.isEmpty()) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s: expected a numeric column beside the label %s to predict from, found only %s."
              .formatted(version.dataset(), trainer.label(), Columns.names(version.columns())));
    }
    return new Learning(trainer.algorithm(), trainer.label(), features);
  }

  private static List<String> everyNumber(
      DatasetVersion version, String label, String snapshotColumn) {
    return version.columns().stream()
        .filter(column -> Columns.isNumeric(column.type()))
        .map(ColumnSpec::name)
        .filter(name -> !name.equals(label) && !name.equals(snapshotColumn))
        .toList();
  }

  private static void requireNumber(DatasetVersion version, String role, String name) {
    if (version.columns().stream().noneMatch(column -> column.name().equals(name))) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s, %s: %s"
              .formatted(version.dataset(), role, Columns.missing(name, version.columns())));
    }
    boolean number =
        version.columns().stream()
            .anyMatch(column -> column.name().equals(name) && Columns.isNumeric(column.type()));
    if (!number) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s: expected a numeric column %s, %s; the columns are %s."
              .formatted(version.dataset(), name, role, Columns.names(version.columns())));
    }
  }
}
