package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageState;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.generic.GenericType;
import org.jdbi.v3.core.statement.HashPrefixSqlParser;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGStatement;

/** What lists ask, and by which index PostgreSQL answers it among many rows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReadingTest {
  private static final String MODEL = "model-7";

  /** Enough that reading all of a table is dearer than an index. */
  private static final String MANY =
      """
      set local session_replication_role = replica;
      insert into pipeline_version (pipeline, version, graph_digest, graph, code_digest, published_by)
      select 'pipeline-' || g, 1, graph_digest, graph, code_digest, published_by
      from pipeline_version cross join generate_series(0, 9) as g;
      insert into run (pipeline, version, logical_date, params, requested_by, triggered_by, tags,
                       state, started_at, ended_at)
      select 'pipeline-' || g % 10, 1, now(), jsonb_build_object('depth', g % 7), 'engineer', 'api',
             case when g % 50 = 0 then '["nightly"]' else '[]' end::jsonb, 'succeeded', now(),
             now() + g % 97 * interval '1 second'
      from generate_series(1, 8000) as g;
      insert into stage (run_id, name, position, kind)
      select id, 'judge', 1, 'evaluate' from run where id % 4 = 0;
      insert into experiment_figure (run_id, pipeline, name, figure)
      select id, pipeline, name, random() from run
      cross join unnest(array['metric.auc', 'param.depth']) as name where id % 4 = 0 and id > 1000;
      insert into audit_event (sequence, at, actor, action, entity, entity_id, channel, previous_hash,
                               hash)
      select 1000 + g, now(), 'engineer', 'action-' || g % 400, 'run', g::text, 'web', '', g::text
      from generate_series(1, 8000) as g;
      insert into rollout (command_id, model, version, artifact_digest, approval_id, champion,
                           champion_digest, champion_approval_id, steps, promote_while, requested_by,
                           state)
      select g, 'model-' || g % 400, 1, '', 1, 1, '', 1, '[]', '[]', 'engineer', 'promoted'
      from generate_series(1, 8000) as g;
      insert into session (id_hash, person, csrf_token, expires_at)
      select 'hash ' || g, 'person-' || g % 400, '', now() + interval '1 hour'
      from generate_series(1, 8000) as g;
      insert into api_token (hash, person, name, origin)
      select 'hash ' || g, 'person-' || g % 400, 'token ' || g, 'page' from generate_series(1, 8000) as g;
      insert into alert (model, cause, consequence, title, figures, opened_as_of, state)
      select 'model-' || g % 400, 'cause ' || g, 'open-ticket', 'It drifts', '{}', now(),
             case when g % 100 = 7 then 'open' else 'closed' end
      from generate_series(1, 8000) as g;
      insert into monitor (model, name, pipeline, run_id, stage, spec, every, params, logical_date)
      select 'model-' || g, 'watch', 'pipeline-1', 1, 'watch', '{}', '1 hour', '{}', now()
      from generate_series(1, 40) as g;
      insert into monitor_window (monitor_id, version, opens, closes, aspect, sufficient, rows, figures,
                                  detail, check_id)
      select id, 1, now() - g * interval '1 day', now(), aspect, g > 20, 1, '{}', '{}', 1
      from monitor cross join generate_series(1, 200) as g
      cross join unnest(array['drift', 'performance', 'service']) as aspect;
      insert into log_line (run_id, stage, attempt, number, at, level, text)
      select 1 + g % 100, 'judge', 1, g, now(), 'INFO', 'line ' || g from generate_series(1, 8000) as g
      """;

  private TestDatabase database;
  private Store store;
  private Scene scene;

  @BeforeAll
  void fill(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    scene = new Scene(store, new FileArtifactStore(folder));
    database
        .owner()
        .useTransaction(
            handle -> {
              handle.createScript(MANY).execute();
              handle.execute("analyze");
            });
  }

  @AfterAll
  void close() {
    database.close();
  }

  /** How PostgreSQL goes about each statement that is asked. */
  private String plans(Runnable asks) {
    List<String> asked = new ArrayList<>();
    store
        .jdbi()
        .setSqlLogger(
            new SqlLogger() {
              @Override
              public void logAfterExecution(StatementContext context) {
                asked.add(text(context));
              }
            });
    try {
      asks.run();
    } finally {
      store.jdbi().setSqlLogger(SqlLogger.NOP_SQL_LOGGER);
    }
    assertFalse(asked.isEmpty(), "Nothing was asked.");
    StringBuilder plans = new StringBuilder();
    database
        .owner()
        .useHandle(
            handle -> {
              for (String statement : asked) {
                plans.append(
                    String.join(
                        "\n",
                        handle
                            .createQuery("explain " + statement)
                            .configure(
                                SqlStatements.class,
                                statements -> statements.setSqlParser(new HashPrefixSqlParser()))
                            .mapTo(String.class)
                            .list()));
                plans.append('\n');
              }
            });
    return plans.toString();
  }

  /** The statement with its values, as the driver says it. */
  private static String text(StatementContext context) {
    try {
      // An array's type is lost on the way.
      return context
          .getStatement()
          .unwrap(PGStatement.class)
          .toString()
          .replaceAll("\\('(\\{(\"[0-9]+\",?)*\\})'\\)", "('$1'::int[])")
          .replaceAll("\\('(\\{[^']*\\})'\\)", "('$1'::text[])");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void byIndex(String index, String plans) {
    assertTrue(plans.contains(index), index + " is not used:\n" + plans);
  }

  private static void withoutReadingAllOf(String table, String plans) {
    assertFalse(plans.contains("Seq Scan on " + table), table + " is read in full:\n" + plans);
  }

  @Test
  void shouldReadTags() {
    String plans = plans(() -> store.runs().tags());

    byIndex("run_tagged", plans);
    withoutReadingAllOf("run", plans);
  }

  @Test
  void shouldReadTheAuditOfOneAction() {
    String plans = plans(() -> store.audit().list(null, null, null, "action-7", 50, null));

    byIndex("audit_event_by_action", plans);
    withoutReadingAllOf("audit_event", plans);
  }

  @Test
  void shouldReadRolloutsOfAModel() {
    String plans = plans(() -> store.rollouts().list(MODEL, null, 50, null));

    byIndex("rollout_by_model", plans);
    withoutReadingAllOf("rollout", plans);
  }

  @Test
  void shouldReadSessionsAndTokensOfAPerson() {
    byIndex(
        "session_by_person",
        plans(() -> store.people().sessions("person-7", Duration.ofHours(1), 50, null)));
    byIndex("api_token_person", plans(() -> store.membership().tokens("person-7", null, 50)));
  }

  @Test
  void shouldReadLogsFromTheirEnd() {
    String plans =
        plans(() -> store.logs().search(new LogSearch("line 7", null, null, null, null), 50, null));

    byIndex("log_line_pkey", plans);
    withoutReadingAllOf("log_line", plans);
  }

  @Test
  void shouldReadWhatHomeSaysOfLiveModels() {
    LiveRoute live = new LiveRoute(MODEL, 1, 1, "", 1, Instant.EPOCH, null, null, null, 0);

    byIndex("monitor_window_newest", plans(() -> store.monitors().newest(List.of(live))));
    byIndex("alert_open_by_model", plans(() -> store.alerts().openOf(List.of(MODEL), 100)));
  }

  @Test
  void shouldSortExperimentsByAnIndex() {
    ExperimentOrder best = new ExperimentOrder(ExperimentOrder.By.METRIC, "auc", true);
    ExperimentOrder worst = new ExperimentOrder(ExperimentOrder.By.METRIC, "auc", false);
    ExperimentOrder deepest = new ExperimentOrder(ExperimentOrder.By.PARAM, "depth", true);
    ExperimentOrder longest = new ExperimentOrder(ExperimentOrder.By.TOOK, "", true);
    for (ExperimentOrder order : List.of(best, worst, deepest)) {
      String next = store.experiments().list(null, order, 50, null).next();
      String plans =
          plans(
              () -> {
                store.experiments().list(null, order, 50, null);
                store.experiments().list(null, order, 50, next);
              });
      byIndex("experiment_figure_by_name", plans);
      withoutReadingAllOf("run", plans);
      withoutReadingAllOf("stage", plans);
      byIndex(
          "experiment_figure_by_pipeline",
          plans(() -> store.experiments().list("pipeline-8", order, 50, null)));
    }
    byIndex("run_by_took", plans(() -> store.experiments().list(null, longest, 50, null)));
    withoutReadingAllOf(
        "run", plans(() -> store.experiments().list(null, ExperimentOrder.NEWEST, 50, null)));
  }

  @Test
  void shouldComeToEachExperimentOnce() {
    for (String by : List.of("run", "took", "metric.auc", "param.depth", "metric.none")) {
      for (boolean descending : List.of(true, false)) {
        ExperimentOrder order = Objects.requireNonNull(ExperimentOrder.read(by, descending));
        List<Long> seen = new ArrayList<>();
        String cursor = null;
        do {
          Page<Experiment> page = store.experiments().list("pipeline-8", order, 500, cursor);
          page.items().forEach(experiment -> seen.add(experiment.run().id()));
          cursor = page.next();
        } while (cursor != null);
        assertEquals(400, seen.size(), by);
        assertEquals(400, seen.stream().distinct().count(), by);
      }
    }
  }

  @Test
  void shouldNoteWhatAJudgementSays() {
    long run = scene.run("engineer");
    StageOutput.Judgement judgement = scene.judgement(run, MODEL);

    store
        .runLedger()
        .record(
            run,
            List.of(
                new StageChange(
                    1, "evaluate", StageState.SUCCEEDED, Instant.now(), judgement, null)),
            RunState.RUNNING);

    Map<String, Double> noted =
        database
            .owner()
            .withHandle(
                handle ->
                    handle
                        .createQuery(
                            """
                            select substr(name, 8) as name, figure from experiment_figure
                            where run_id = :run and name like 'metric.%'
                            """)
                        .bind("run", run)
                        .setMapKeyColumn("name")
                        .setMapValueColumn("figure")
                        .collectInto(new GenericType<Map<String, Double>>() {}));
    assertEquals(judgement.metrics(), noted);
    assertFalse(noted.isEmpty());
  }
}
