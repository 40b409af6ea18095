package dev.airlock.dsl;

import static dev.airlock.dsl.Shop.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Work;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTest {

  private static final Param<Integer> HORIZON = Param.integer("horizon-days").orElse(90);

  @Test
  void shouldReadAResourceBesideTheClass() {
    assertEquals(
        "SELECT * FROM orders_ok WHERE ordered_on <= :as_of -- :not_me\n",
        sqlOf(Sql.resource("beside.sql")));
  }

  @Test
  void shouldReadAResourceAtTheRootOfTheClassPath() {
    assertEquals("SELECT 1 AS one FROM orders_ok\n", sqlOf(Sql.resource("root.sql")));
    assertEquals("SELECT 1 AS one FROM orders_ok\n", sqlOf(Sql.resource("/root.sql")));
  }

  @Test
  void shouldNameThePlaceWhenAResourceIsMissing() {
    assertProblem(
        "stage 'features' (SqlTest.java:",
        "There is no resource 'missing.sql' beside dev.airlock.dsl.SqlTest",
        "src/main/resources/dev/airlock/dsl/missing.sql",
        pipeline -> transform(pipeline, Sql.resource("missing.sql")));
  }

  @Test
  void shouldRefuseEmptySqlAndSqlWithoutInputs() {
    assertProblem(
        "stage 'features'", "empty", "SELECT", pipeline -> transform(pipeline, Sql.text(" \n")));
    assertProblem(
        "stage 'features'",
        "no inputs",
        "datasets",
        pipeline -> pipeline.transform("features", Sql.text("SELECT 1")));
  }

  @Test
  void shouldReportParamsThatTheStageDoesNotDeclare() {
    assertProblem(
        "stage 'features'",
        "reads :horizon_day, which",
        "Did you mean :horizon_days?",
        pipeline ->
            transform(pipeline, Sql.text("SELECT :horizon_day, :horizon_days")).with(HORIZON));
    assertProblem(
        "stage 'features'",
        "reads :horizon_days, which",
        ".with(",
        pipeline -> transform(pipeline, Sql.text("SELECT :horizon_days")));
  }

  @Test
  void shouldReportParamsThatTheSqlDoesNotRead() {
    assertProblem(
        "stage 'features'",
        "declares the param 'horizon-days', which its SQL does not read",
        ":horizon_days",
        pipeline -> transform(pipeline, Sql.text("SELECT ':horizon_days'")).with(HORIZON));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT ':a', \":b\", `:c`, 'it''s :d', 'it\\'s :e'",
        "SELECT 1 -- :a\n, 2 /* :b \n :c */",
        "SELECT x::int, CAST(:as_of AS DATE)",
        "SELECT 'current_date', nowhere, brand(1), renow FROM orders_ok -- now()"
      })
  void shouldLookOnlyAtWhatIsNeitherQuotedNorCommentNorCast(String sql) {
    assertEquals(sql, sqlOf(Sql.text(sql)));
  }

  @ParameterizedTest
  @CsvSource({
    "SELECT current_date, current_date",
    "SELECT CURRENT_TIMESTAMP, current_timestamp",
    "SELECT now (), now()",
    "SELECT rand(1), rand()",
    "SELECT uuid(), uuid()"
  })
  void shouldRefuseTheClockAndChance(String sql, String word) {
    assertProblem(
        "stage 'features'",
        "calls " + word,
        ":as_of",
        pipeline -> transform(pipeline, Sql.text(sql)));
  }

  private static String sqlOf(Sql sql) {
    Graph graph = Shop.build(pipeline -> transform(pipeline, sql));
    return ((Work.Transform) graph.stage("features").orElseThrow().work()).sql();
  }

  private static Stage<Dataset> transform(PipelineBuilder pipeline, Sql sql) {
    return pipeline.transform("features", sql, Shop.valid(pipeline));
  }
}
