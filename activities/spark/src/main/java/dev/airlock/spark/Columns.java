package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Nearest;
import dev.airlock.workflows.StageFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.jspecify.annotations.Nullable;

/** The types of columns in Airlock, in Iceberg and in Spark. */
final class Columns {

  private Columns() {}

  /** A table's schema; every column may hold null. */
  static Schema schema(List<ColumnSpec> columns) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (ColumnSpec column : columns) {
      fields.add(
          Types.NestedField.optional(fields.size() + 1, column.name(), iceberg(column.type())));
    }
    return new Schema(fields);
  }

  static Type iceberg(ColumnType type) {
    return switch (type) {
      case TEXT -> Types.StringType.get();
      case INTEGER -> Types.LongType.get();
      case DECIMAL -> Types.DoubleType.get();
      case DATE -> Types.DateType.get();
      case TIMESTAMP -> Types.TimestampType.withZone();
    };
  }

  static boolean isNumeric(ColumnType type) {
    return type == ColumnType.INTEGER || type == ColumnType.DECIMAL;
  }

  /** {@code order_id, amount}. */
  static String names(List<ColumnSpec> columns) {
    return columns.stream().map(ColumnSpec::name).collect(Collectors.joining(", "));
  }

  /**
   * {@code there is no column 'custmer_id'. Did you mean 'customer_id'? The columns are
   * customer_id, amount.}
   */
  static String missing(String name, List<ColumnSpec> columns) {
    List<String> names = columns.stream().map(ColumnSpec::name).toList();
    return "there is no column '%s'.%s The columns are %s."
        .formatted(
            name,
            Nearest.to(name, names).map(" Did you mean '%s'?"::formatted).orElse(""),
            names(columns));
  }

  /** The columns of what a query gives. */
  static List<ColumnSpec> of(StructType schema, String stage) {
    List<ColumnSpec> columns = new ArrayList<>();
    for (StructField field : schema.fields()) {
      ColumnType type = type(field.dataType());
      if (type == null) {
        throw StageFailure.of(
            StageFailure.BAD_PIPELINE,
            "%s: expected column %s to be text, a number, true or false, a date or a timestamp, found %s. Cast it, or leave it out."
                .formatted(stage, field.name(), field.dataType().sql()));
      }
      if (columns.stream().anyMatch(column -> column.name().equalsIgnoreCase(field.name()))) {
        throw StageFailure.of(
            StageFailure.BAD_PIPELINE,
            "%s: expected each column once, found %s twice. Name one of them differently, with AS."
                .formatted(stage, field.name()));
      }
      columns.add(new ColumnSpec(field.name(), type));
    }
    return columns;
  }

  /**
   * A select list that casts each column to the one Spark type that stands for its type. Columns
   * that have it already are named only: a cast that does nothing would claim their faults.
   */
  static String casts(StructType schema, List<ColumnSpec> columns) {
    return columns.stream()
        .map(
            column -> {
              DataType type = spark(column.type());
              String name = quote(column.name());
              return schema.apply(column.name()).dataType().equals(type)
                  ? name
                  : "CAST(%1$s AS %2$s) AS %1$s".formatted(name, type.sql());
            })
        .collect(Collectors.joining(", "));
  }

  /** The column of exactly this name, dots and all. */
  static Column quoted(String name) {
    return functions.col(quote(name));
  }

  /** As SQL names it. */
  static String quote(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  private static @Nullable ColumnType type(DataType type) {
    if (type instanceof IntegralType || type instanceof BooleanType) {
      return ColumnType.INTEGER;
    }
    if (type instanceof NumericType) {
      return ColumnType.DECIMAL;
    }
    if (type instanceof StringType || type instanceof NullType) {
      return ColumnType.TEXT;
    }
    if (type instanceof DateType) {
      return ColumnType.DATE;
    }
    if (type instanceof TimestampType || type instanceof TimestampNTZType) {
      return ColumnType.TIMESTAMP;
    }
    return null;
  }

  /** The schema of rows of these columns; every one may hold null. */
  static StructType sparkSchema(List<ColumnSpec> columns) {
    return new StructType(
        columns.stream()
            .map(column -> DataTypes.createStructField(column.name(), spark(column.type()), true))
            .toArray(StructField[]::new));
  }

  private static DataType spark(ColumnType type) {
    return switch (type) {
      case TEXT -> DataTypes.StringType;
      case INTEGER -> DataTypes.LongType;
      case DECIMAL -> DataTypes.DoubleType;
      case DATE -> DataTypes.DateType;
      case TIMESTAMP -> DataTypes.TimestampType;
    };
  }
}
