package dev.airlock.spark;

import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * The table of a dataset: {@code repeat-purchase.orders} lies in {@code repeat_purchase.orders}.
 *
 * @param namespace the pipeline, underscores for hyphens
 * @param table the stage, underscores for hyphens
 */
record TableName(String namespace, String table) {

  /** The table of {@code <pipeline>.<stage>}. */
  static TableName of(String dataset) {
    int dot = dataset.indexOf('.');
    if (dot < 0) {
      throw new IllegalArgumentException(
          "Expected a dataset like pipeline.stage, got '%s'.".formatted(dataset));
    }
    return new TableName(
        underscored(dataset.substring(0, dot)), underscored(dataset.substring(dot + 1)));
  }

  static String underscored(String name) {
    return name.replace('-', '_');
  }

  Namespace inNamespace() {
    return Namespace.of(namespace);
  }

  TableIdentifier identifier() {
    return TableIdentifier.of(namespace, table);
  }

  /** As SQL names it. */
  String sql() {
    return "%s.`%s`.`%s`".formatted(SparkSessions.CATALOG, namespace, table);
  }

  /** As SQL names one of its branches. */
  String sql(String branch) {
    return sql() + ".`branch_" + branch + "`";
  }
}
