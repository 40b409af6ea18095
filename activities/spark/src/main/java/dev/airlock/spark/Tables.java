package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Iceberg tables of datasets. */
final class Tables {

  private static final Logger LOG = LoggerFactory.getLogger(Tables.class);

  /** Branches of one table are written at once, and each commit moves the table's one pointer. */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "commit.retry.num-retries", "30",
          "commit.retry.min-wait-ms", "20",
          "commit.retry.max-wait-ms", "1000",
          "write.metadata.delete-after-commit.enabled", "true",
          "write.metadata.previous-versions-max", "50");

  private final Catalog catalog;

  private Tables(Catalog catalog) {
    this.catalog = catalog;
  }

  static Tables of(SparkSession session) {
    return new Tables(Spark3Util.loadIcebergCatalog(session, SparkSessions.CATALOG));
  }

  /** The table of a dataset that has been written before. */
  Table existing(String dataset) {
    return catalog.loadTable(TableName.of(dataset).identifier());
  }

  /**
   * The table of a dataset; made where it is missing, its main then an empty snapshot. Its schema
   * becomes the given one; snapshots that are there keep theirs.
   */
  Table prepared(String dataset, List<ColumnSpec> columns) {
    TableName name = TableName.of(dataset);
    Table table;
    try {
      table = catalog.loadTable(name.identifier());
    } catch (NoSuchTableException e) {
      table = create(name, columns);
    }
    align(table, columns);
    return table;
  }

  private Table create(TableName name, List<ColumnSpec> columns) {
    try {
      SupportsNamespaces namespaces = (SupportsNamespaces) catalog;
      if (!namespaces.namespaceExists(name.inNamespace())) {
        namespaces.createNamespace(name.inNamespace(), Map.of());
      }
    } catch (AlreadyExistsException e) {
      // Another stage made it at the same moment.
    }
    try {
      Transaction creation =
          catalog
              .buildTable(name.identifier(), Columns.schema(columns))
              .withProperties(PROPERTIES)
              .createTransaction();
      // Main begins with an empty snapshot, so that branches have something to begin at.
      creation.newAppend().commit();
      creation.commitTransaction();
    } catch (AlreadyExistsException | CommitFailedException e) {
      LOG.info("{} was made by another stage at the same moment.", name);
    }
    return catalog.loadTable(name.identifier());
  }

  private static void align(Table table, List<ColumnSpec> columns) {
    UpdateSchema update = table.updateSchema();
    boolean differs = false;
    for (Types.NestedField field : table.schema().columns()) {
      boolean stays =
          columns.stream()
              .anyMatch(
                  column ->
                      column.name().equals(field.name())
                          && Columns.iceberg(column.type()).equals(field.type()));
      if (!stays) {
        update.deleteColumn(field.name());
        differs = true;
      }
    }
    for (ColumnSpec column : columns) {
      Types.NestedField field = table.schema().findField(column.name());
      if (field == null || !field.type().equals(Columns.iceberg(column.type()))) {
        update.addColumn(column.name(), Columns.iceberg(column.type()));
        differs = true;
      }
    }
    if (differs) {
      update.commit();
    }
  }
}
