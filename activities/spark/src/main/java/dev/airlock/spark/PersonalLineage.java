package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.catalyst.expressions.WindowExpression;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.plans.logical.CTERelationDef;
import org.apache.spark.sql.catalyst.plans.logical.CTERelationRef;
import org.apache.spark.sql.catalyst.plans.logical.Expand;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Union;
import org.apache.spark.sql.types.BooleanType;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Follows personal columns through a query, so that {@code lower(email) AS contact} is as personal
 * as {@code email} is. What only counts, sums or compares tells of nobody; whatever else is made of
 * a personal value is personal.
 */
final class PersonalLineage {

  /**
   * What gives a number that tells little of what it measures. Whatever else is made of a personal
   * value may hold it, or let it be read back.
   */
  private static final Set<String> MEASURING =
      Set.of(
          "approx_count_distinct",
          "avg",
          "cardinality",
          "char_length",
          "corr",
          "count",
          "count_if",
          "covar_pop",
          "covar_samp",
          "cume_dist",
          "datediff",
          "dense_rank",
          "grouping",
          "grouping_id",
          "kurtosis",
          "length",
          "mean",
          "months_between",
          "ntile",
          "percent_rank",
          "rank",
          "regr_count",
          "regr_r2",
          "regr_slope",
          "row_number",
          "size",
          "skewness",
          "std",
          "stddev",
          "stddev_pop",
          "stddev_samp",
          "sum",
          "try_avg",
          "try_sum",
          "var_pop",
          "var_samp",
          "variance");

  private final Map<String, Boolean> inputs;
  private final Map<Long, @Nullable Boolean> known = new HashMap<>();
  private final Map<Long, List<Attribute>> definitions = new HashMap<>();

  private PersonalLineage(Map<String, Boolean> inputs) {
    this.inputs = inputs;
  }

  /**
   * The columns of a query's result: said to be personal where personal values flow into them, said
   * not to be where they only measure, or are a column that its source says is not.
   *
   * @param columns the result's, in its order
   * @param read the columns of all the query's inputs
   */
  static List<ColumnSpec> follow(
      Dataset<Row> result, List<ColumnSpec> columns, List<ColumnSpec> read) {
    Map<String, Boolean> inputs = new HashMap<>();
    for (ColumnSpec column : read) {
      if (PersonalColumns.isPersonal(column)) {
        inputs.put(column.name(), true);
      } else if (column.personal() != null) {
        inputs.putIfAbsent(column.name(), false);
      }
    }
    PersonalLineage lineage = new PersonalLineage(inputs);
    LogicalPlan plan =
        ((org.apache.spark.sql.classic.Dataset<Row>) result).queryExecution().analyzed();
    lineage.walk(plan);
    List<Attribute> output = CollectionConverters.asJava(plan.output());
    List<ColumnSpec> followed = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      ColumnSpec column = columns.get(i);
      Boolean personal = lineage.of(output.get(i));
      boolean matters = Boolean.TRUE.equals(personal) || PersonalColumns.isPersonal(column);
      followed.add(new ColumnSpec(column.name(), column.type(), matters ? personal : null));
    }
    return followed;
  }

  private void walk(LogicalPlan plan) {
    CollectionConverters.asJava(plan.children()).forEach(this::walk);
    List<Attribute> output = CollectionConverters.asJava(plan.output());
    if (plan instanceof CTERelationDef definition) {
      definitions.put(definition.id(), output);
    } else if (plan instanceof CTERelationRef reference) {
      same(output, definitions.getOrDefault(reference.cteId(), List.of()));
    } else if (plan instanceof Union union) {
      CollectionConverters.asJava(union.children())
          .forEach(child -> same(output, CollectionConverters.asJava(child.output())));
    } else if (plan instanceof Generate generate) {
      Boolean made = of((Expression) generate.generator());
      CollectionConverters.asJava(generate.generatorOutput())
          .forEach(attribute -> known.put(attribute.exprId().id(), made));
    }
    CollectionConverters.asJava(plan.expressions()).forEach(this::name);
    if (plan instanceof Expand expand) {
      CollectionConverters.asJava(expand.projections())
          .forEach(projection -> same(output, CollectionConverters.asJava(projection)));
    }
    suspect(plan, output);
  }

  /** What a step makes of its inputs in a way that nobody here knows is as personal as they are. */
  private void suspect(LogicalPlan plan, List<Attribute> output) {
    List<Attribute> given =
        CollectionConverters.asJava(plan.children()).stream()
            .flatMap(child -> CollectionConverters.asJava(child.output()).stream())
            .toList();
    Set<Long> ids =
        given.stream().map(attribute -> attribute.exprId().id()).collect(Collectors.toSet());
    if (given.stream().anyMatch(attribute -> Boolean.TRUE.equals(of(attribute)))) {
      output.stream()
          .map(attribute -> attribute.exprId().id())
          .filter(id -> !ids.contains(id) && !known.containsKey(id))
          .forEach(id -> known.put(id, true));
    }
  }

  /** What stands under a new name, however deep in an expression. */
  private void name(Expression expression) {
    CollectionConverters.asJava(expression.children()).forEach(this::name);
    if (expression instanceof Alias alias) {
      known.put(alias.exprId().id(), of(alias.child()));
    }
  }

  private void same(List<Attribute> output, List<? extends Expression> origin) {
    for (int i = 0; i < Math.min(output.size(), origin.size()); i++) {
      if (origin.get(i) instanceof Literal literal && literal.value() == null) {
        continue;
      }
      Boolean one = of(origin.get(i));
      Long id = output.get(i).exprId().id();
      if (!Boolean.TRUE.equals(known.get(id))) {
        known.put(id, one);
      }
    }
  }

  /** Whether the value tells of somebody; null where nothing is known of it. */
  private @Nullable Boolean of(Expression expression) {
    if (expression instanceof Attribute attribute) {
      Long id = attribute.exprId().id();
      return known.containsKey(id) ? known.get(id) : inputs.get(attribute.name());
    }
    if (expression.dataType() instanceof BooleanType) {
      return false;
    }
    if (expression instanceof AggregateExpression aggregate) {
      return of(aggregate.aggregateFunction());
    }
    if (expression instanceof WindowExpression window) {
      return of(window.windowFunction());
    }
    if (expression instanceof PlanExpression<?> subquery
        && subquery.plan() instanceof LogicalPlan plan) {
      walk(plan);
      return plan.output().isEmpty() ? null : of(plan.output().head());
    }
    return MEASURING.contains(expression.prettyName().toLowerCase(Locale.ROOT))
        ? Boolean.FALSE
        : ofChildren(expression);
  }

  private @Nullable Boolean ofChildren(Expression expression) {
    List<Expression> children = CollectionConverters.asJava(expression.children());
    List<@Nullable Boolean> parts = new ArrayList<>();
    children.forEach(child -> parts.add(of(child)));
    if (parts.contains(true)) {
      return true;
    }
    return parts.size() == 1 ? parts.get(0) : null;
  }
}
