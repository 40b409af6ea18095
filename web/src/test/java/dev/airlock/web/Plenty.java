package dev.airlock.web;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.dsl.graph.Work;
import dev.airlock.local.PostgresServer;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import io.javalin.http.HandlerType;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Period;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * A database as months of work leave it, and an example of each page: so many models that customers
 * meet, each watched, asked about anew and on its way out by a rollout, and one busy pipeline,
 * model, run and approval with as many of each thing that their pages list. May be filled again,
 * which adds as much.
 */
final class Plenty {
  /** Answers that are no pages, or not of this server's own. */
  private static final Set<String> NO_PAGES =
      Set.of(
          "/events",
          "/openapi.yaml",
          "/assets/{digest}/{file}",
          "/sign-in/oidc",
          "/sign-in/oidc/callback",
          "/approvals/{id}/by-link/{token}");

  private final WebFixture web;
  private final PostgresServer postgres;
  private final List<String> models = new ArrayList<>();
  private final Map<String, String> places = new TreeMap<>();
  private int fills;

  Plenty(WebFixture web, PostgresServer postgres) {
    this.web = web;
    this.postgres = postgres;
  }

  /**
   * How much there is to be.
   *
   * @param models that are live, watched, asked about and rolled out; a pipeline each
   * @param windows that each monitor has measured, of three aspects each
   * @param runs over all pipelines, each with all its stages
   * @param each of everything else that a page lists
   * @param lines of logs
   * @param changes in the audit
   * @param seconds of traffic of a rollout, each of two versions
   */
  record Amount(int models, int windows, int runs, int each, int lines, int changes, int seconds) {}

  void fill(Amount amount) throws SQLException {
    fills++;
    for (int i = 0; i < amount.models; i++) {
      String name = "plenty-%d-%02d".formatted(fills, i);
      web.scene.publish(name);
      if (models.isEmpty()) {
        play(name);
      } else {
        web.scene.playToLive(web.scene.request(name));
        watch(name);
        web.scene.playToApproval(web.scene.request(name));
      }
      web.scene.beginCanary(name);
      web.scene
          .play(web.scene.request(name))
          .fail(
              "orders",
              new StageError(StageFailure.BAD_DATA, "row 17: 'x' is no date", List.of("row 17")));
      models.add(name);
    }
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), PostgresServer.OWNER, postgres.ownerPassword());
        Statement statement = connection.createStatement()) {
      statement.execute("set search_path to airlock");
      Map<String, String> values = new TreeMap<>(places);
      values.put("fill", String.valueOf(fills));
      values.put("bound", Json.write(Metric.AUC.atLeast(0.7)));
      values.put("windows", String.valueOf(amount.windows));
      values.put("runs", String.valueOf(amount.runs));
      values.put("each", String.valueOf(amount.each));
      values.put("lines", String.valueOf(amount.lines));
      values.put("seconds", String.valueOf(amount.seconds));
      for (String one : FILL.split(";\n", -1)) {
        run(statement, one, values);
      }
      // A commit a part: each change of the audit holds the end of its chain.
      for (int done = 0; done < amount.changes; done += 500) {
        values.put("changes", String.valueOf(Math.min(500, amount.changes - done)));
        run(statement, CHANGES, values);
      }
      statement.execute("analyze");
      for (Map.Entry<String, String> place : FOUND.entrySet()) {
        places.put(place.getKey(), one(statement, filled(place.getValue(), places)));
      }
    }
  }

  /** The first one: what the pages of one thing show. */
  private void play(String name) {
    Scene.Play live = web.scene.playToLive(web.scene.request(name));
    long monitor = watch(name);
    Scene.Play open = web.scene.playToApproval(web.scene.request(name));
    places.put("name", name);
    places.put("run", String.valueOf(live.run.id()));
    places.put("open", String.valueOf(open.approvalId));
    places.put("monitor", String.valueOf(monitor));
  }

  private long watch(String model) {
    Work.Monitor spec =
        new Work.Monitor(
            Setting.of("PT6H"),
            Period.ofDays(1),
            500,
            List.of(
                new RuleSpec(
                    Signal.PSI.atLeast(0.2), 3, null, RuleSpec.Consequence.OPEN_TICKET, null),
                new RuleSpec(
                    new Condition.OfMetric(Metric.BRIER_SKILL, Comparison.AT_MOST, 0.05),
                    2,
                    0.08,
                    RuleSpec.Consequence.OPEN_TICKET,
                    null)));
    return web.store
        .monitors()
        .install(
            web.scene.play(web.scene.request(model)).task("go-live", Map.of()),
            model,
            spec,
            Duration.ofHours(6));
  }

  private static void run(Statement statement, String text, Map<String, String> values)
      throws SQLException {
    String query = filled(text, values);
    try {
      statement.execute(query);
    } catch (SQLException e) {
      throw new SQLException(e.getMessage() + " in " + query, e);
    }
  }

  private static String filled(String text, Map<String, String> values) {
    String filled = text;
    for (Map.Entry<String, String> value : values.entrySet()) {
      filled = filled.replace("{" + value.getKey() + "}", value.getValue());
    }
    return filled;
  }

  private static String one(Statement statement, String query) throws SQLException {
    try (var rows = statement.executeQuery(query)) {
      if (!rows.next()) {
        throw new IllegalStateException("Nothing is found by " + query);
      }
      return rows.getString(1);
    }
  }

  /**
   * An example of each page that there is, by its route.
   *
   * @throws IllegalStateException where a page has none yet
   */
  Map<String, String> pages() {
    Map<String, String> pages = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    for (RouteTable.Route route : web.server.routes()) {
      String path = route.path();
      if (!route.method().equals(HandlerType.GET)
          || path.startsWith("/api")
          || path.startsWith("/v2")
          || NO_PAGES.contains(path)) {
        continue;
      }
      String example = filled(EXAMPLES.getOrDefault(path, path), places);
      if (example.contains("{")) {
        unknown.add(path);
      }
      pages.put(path, example);
    }
    if (!unknown.isEmpty()) {
      throw new IllegalStateException("Name an example of each of these: " + unknown);
    }
    return pages;
  }

  /** Of a place that {@link #pages} fills in, such as {@code run} or {@code name}. */
  String place(String name) {
    return Objects.requireNonNull(places.get(name), name);
  }

  private static final Map<String, String> EXAMPLES =
      Map.ofEntries(
          Map.entry("/pipelines/{name}/versions", "/pipelines/{name}/versions?from=1&to=1001"),
          Map.entry("/runs/{id}", "/runs/{run}?stage=features"),
          Map.entry("/runs/{id}/lineage", "/runs/{run}/lineage"),
          Map.entry("/runs/{id}/resume", "/runs/{failed}/resume"),
          Map.entry("/runs/{id}/stages/{stage}/items", "/runs/{mapped}/stages/fan/items"),
          Map.entry("/backfills/{id}", "/backfills/{backfill}"),
          Map.entry("/approvals/{id}", "/approvals/{open}"),
          Map.entry("/models/{name}/versions/{version}", "/models/{name}/versions/1"),
          Map.entry(
              "/models/{name}/versions/{version}/lineage", "/models/{name}/versions/1/lineage"),
          Map.entry(
              "/models/{name}/versions/{version}/card.md", "/models/{name}/versions/1/card.md"),
          Map.entry(
              "/models/{name}/versions/{version}/card.json", "/models/{name}/versions/1/card.json"),
          Map.entry("/rollouts/{id}", "/rollouts/{rollout}"),
          Map.entry("/alerts/{id}", "/alerts/{alert}"),
          Map.entry("/datasets/{name}", "/datasets/{name}.orders"),
          Map.entry("/datasets/{name}/versions/{snapshot}", "/datasets/{name}.orders/versions/11"),
          Map.entry("/experiments/compare", "/experiments/compare?run={run}&run={other}"),
          Map.entry("/search", "/search?q=plenty"),
          Map.entry("/settings/people/{name}", "/settings/people/bob"));

  private static final Map<String, String> FOUND =
      Map.of(
          "failed", "select max(id) from run where state = 'failed' and pipeline = '{name}'",
          "mapped", "select max(run_id) from stage where kind = 'map'",
          "backfill", "select min(id) from backfill",
          "rollout", "select min(id) from rollout where model = '{name}' and state = 'progressing'",
          "alert", "select min(id) from alert",
          "other", "select max(id) from run where pipeline = '{name}' and state = 'succeeded'",
          "middle", "select id from run order by id offset (select count(*) / 2 from run) limit 1");

  private static final String CHANGES =
      """
      select audit('engineer', (array['cancel-run', 'annotate-run', 'pause-pipeline'])[1 + g % 3],
                   'run', g::text, '{"note":""}', '{"note":"look"}', 'web', '10.0.0.7', null, null)
      from generate_series(1, {changes}) as g
      """;

  /** What is the same for all is done by the database itself. */
  private static final String FILL =
      """
      create temporary table name as
      select name, row_number() over (order by name) - 1 as number, count(*) over () as names
      from pipeline where name like 'plenty-%';

      create temporary table added as
      with new as (
        insert into run (pipeline, version, logical_date, params, requested_by, triggered_by, state,
                         error, created_at, started_at, ended_at, tags, parent)
        select case when g <= {each} then '{name}' else name.name end, 1, date_trunc('day', now()) - g * interval '1 hour', params, requested_by,
               triggered_by, case when g % 33 = 0 and g < {runs} then 'failed' else 'succeeded' end,
               case when g % 33 = 0 and g < {runs}
                    then '{"type":"bad-data","message":"Row 17 is no row.","details":[]}'::jsonb end,
               now() - ({runs} - g) * interval '1 minute', now() - ({runs} - g) * interval '1 minute',
               now() - ({runs} - g) * interval '1 minute' + interval '40 seconds',
               case when g % 10 = 0 then '["nightly"]' else '[]' end::jsonb,
               case when g <= {each} then {run} end
        from run cross join generate_series(1, {runs}) as g join name on name.number = g % name.names
        where id = {run} order by g
        returning *)
      select *, row_number() over (order by id) as number from new;

      insert into stage (run_id, name, position, kind, state, sequence, attempt, started_at, ended_at,
                         output)
      select r.id, s.name, s.position, s.kind, 'succeeded', s.sequence, 1, r.started_at, r.ended_at,
             case when s.kind = 'evaluate'
                  then jsonb_set(s.output, '{metrics,auc}', to_jsonb(0.5 + random() / 2)) end
      from added r cross join stage s where s.run_id = {run};

      insert into stage_event (run_id, sequence, stage, state, at)
      select r.id, e.sequence, e.stage, e.state, r.started_at
      from added r cross join stage_event e where e.run_id = {run};

      insert into stage_attempt (run_id, stage, attempt, worker, started_at, ended_at)
      select s.run_id, s.name, 1, 'plenty', s.started_at, s.ended_at
      from added r join stage s on s.run_id = r.id;

      insert into stage_attempt (run_id, stage, attempt, worker, started_at, ended_at)
      select {run}, 'features', {fill} * 1000 + g, 'plenty', now(), now()
      from generate_series(1, {each}) as g;

      insert into log_line (run_id, stage, attempt, number, at, level, text)
      select r.id, 'features', 1, g, r.started_at, case when g % 50 = 0 then 'WARN' else 'INFO' end,
             format('Read row %s of orders of customer %s', g, g * 7919 % 23570)
      from added r cross join generate_series(1, greatest(1, {lines} / {runs})) as g;

      insert into log_line (run_id, stage, attempt, number, at, level, text)
      select {run}, 'features', {fill} * 1000 + g, 1, now(), 'INFO', 'Tried again'
      from generate_series(1, {each}) as g;

      insert into stage (run_id, name, position, kind, state, sequence, attempt, started_at, ended_at)
      select max(id), 'fan', 99, 'map', 'succeeded', 999, 1, now(), now() from added;

      insert into stage_item (run_id, stage, index, state, attempt, worker, started_at, ended_at,
                              result)
      select run_id, 'fan', {fill} * 1000 + g, 'succeeded', 1, 'plenty', now(), now(), '7'
      from stage cross join generate_series(1, {each}) as g where kind = 'map';

      insert into pipeline_version (pipeline, version, graph_digest, graph, code_digest, published_by)
      select pipeline, {fill} * 1000 + g, graph_digest, graph, md5({fill} || '-' || g) || md5('x'),
             published_by
      from pipeline_version cross join generate_series(1, {each}) as g
      where pipeline = '{name}' and version = 1;

      insert into backfill (pipeline, first_date, last_date, params, max_active, sequence, rerun,
                            requested_by)
      select '{name}', now() - interval '9 days', now(), '{}', 1, 'oldest', 'none', 'engineer'
      from generate_series(1, {each}) as g;

      insert into backfill_date (backfill_id, position, logical_date, state)
      select (select min(id) from backfill), {fill} * 1000 + g,
             timestamptz '2020-01-01' + ({fill} * 1000 + g) * interval '1 hour', 'pending'
      from generate_series(1, {each}) as g;

      insert into schedule_time (pipeline, logical_date, left_out)
      select '{name}', timestamptz '2020-01-01' + ({fill} * 1000 + g) * interval '1 hour', 'Paused.'
      from generate_series(1, {each}) as g;

      insert into approval_policy (pipeline, version, stage, graph_digest, code_digest, params, bounds,
                                   minimum_rows, signed_by, reason, expires_at)
      select '{name}', 1, 'promote', graph_digest, code_digest, '{}',
             '[{bound}]', 100, 'approver', 'It is calm.',
             now() + interval '30 days'
      from pipeline_version cross join generate_series(1, {each}) as g
      where pipeline = '{name}' and version = 1;

      insert into dataset_version (dataset, run_id, stage, snapshot_id, row_count, columns)
      select '{name}.orders', r.id, 'orders-ok', {fill} * 100000 + r.number, 6919, d.columns
      from added r cross join dataset_version d
      where r.number <= {each} and d.run_id = {run} and d.stage = 'orders-ok';

      insert into model_version (model, version, artifact_digest, evidence_digest, run_id, stage,
                                 judgement)
      select '{name}', {fill} * 1000 + r.number, v.artifact_digest, v.evidence_digest, r.id, 'register',
             v.judgement
      from added r cross join model_version v
      where r.number <= {each} and v.model = '{name}' and v.version = 1;

      insert into approval (run_id, stage, model, version, artifact_digest, evidence_digest, asked_of,
                            quorum, requested_by, opened_at, expires_at, state, closed_at, digest)
      select v.run_id, 'promote', v.model, v.version, v.artifact_digest, v.evidence_digest, a.asked_of,
             1, 'engineer', now(), now() + interval '3 days', 'rejected', now(), a.digest
      from model_version v cross join approval a
      where v.model = '{name}' and v.version > {fill} * 1000 and a.id = {open};

      insert into model_command (kind, model, version, approval_id, requested_by, outcome, finished_at)
      select 'rollback', '{name}', v.version, a.id, 'approver', null, now()
      from model_version v join approval a on a.model = v.model and a.version = v.version
      where v.model = '{name}' and v.version > {fill} * 1000;

      insert into alias_history (model, epoch, command_id, kind, version, artifact_digest, approval_id,
                                 moved_by, reason, at)
      select c.model, 1000000 + c.id, c.id, c.kind, c.version, v.artifact_digest, c.approval_id,
             'approver', 'Back.', now()
      from model_command c join model_version v on v.model = c.model and v.version = c.version
      where c.model = '{name}' and c.version > {fill} * 1000;

      insert into rollout (command_id, model, version, artifact_digest, approval_id, champion,
                           champion_digest, champion_approval_id, steps, promote_while, requested_by,
                           state, ended_at)
      select c.id, c.model, c.version, v.artifact_digest, c.approval_id, 1, v.artifact_digest,
             c.approval_id, r.steps, r.promote_while, 'engineer', 'promoted', now()
      from model_command c
      join model_version v on v.model = c.model and v.version = c.version
      join lateral (select * from rollout where model = '{name}' order by id limit 1) r on true
      where c.model = '{name}' and c.version > {fill} * 1000;

      insert into rollout_shift (rollout_id, sequence, step, weight, epoch, reason)
      select (select min(id) from rollout where model = '{name}'), {fill} * 1000 + g, 0, 30,
             {fill} * 1000 + g, 'as planned'
      from generate_series(1, {each}) as g;

      insert into rollout_control (rollout_id, kind, requested_by, taken, settled_at)
      select (select min(id) from rollout where model = '{name}'), 'pause', 'engineer', true, now()
      from generate_series(1, {each}) as g;

      update rollout set started_at = least(started_at, now() - {seconds} * interval '1 second')
      where id = (select min(id) from rollout where model = '{name}');

      insert into service_sample (gateway, model, version, at, as_of, requests, predictions, errors,
                                  latency)
      select 'gateway-{fill}', model, unnest(array[champion, version]),
             now() - g * interval '1 second', now()::date, 1, 3, 0, 'HISTOGRAM'
      from rollout cross join generate_series(1, {seconds}) as g
      where id = (select min(id) from rollout where model = '{name}');

      insert into prediction (id, model, version, as_of, at, score, inputs)
      select gen_random_uuid(), '{name}', 1, now() - g * interval '1 day', now(), 0.3, '{}'
      from generate_series(1, {each}) as g;

      insert into person (name, role, password_hash, origin)
      select format('person-{fill}-%s', g), 'approver', 'x', 'page' from generate_series(1, {each}) as g;

      insert into team_member (team, person, origin)
      select 'ml-leads', name, 'page' from person where name like 'person-{fill}-%';

      insert into decision (approval_id, person, verdict, reason, digest, outcome, settled_at)
      select a.id, p.name, 'approve', 'It is good.', a.digest, 'counted', now()
      from approval a cross join person p
      where a.id = {open} and p.name like 'person-{fill}-%';

      insert into person_proposal (person, role, teams, reason, asked_by)
      select name, 'engineer', '{}', 'Moves.', 'engineer' from person
      where name like 'person-{fill}-%';

      insert into session (id_hash, person, csrf_token, expires_at, address, browser)
      select md5('{fill}-' || g || name), name, 'x', now() + interval '1 hour', '10.0.0.7',
             'Firefox on Linux'
      from person cross join generate_series(1, {each}) as g where name in ('admin', 'approver');

      insert into api_token (hash, person, name, origin, expires_at)
      select md5('{fill}-' || g || name), name, 'token {fill} ' || g, 'page', now() + interval '9 days'
      from person cross join generate_series(1, {each}) as g where name in ('admin', 'approver');

      insert into pool (name, slots, updated_by)
      select format('pool-{fill}-%s', g), 3, 'engineer' from generate_series(1, {each}) as g;

      insert into vault_entry (worker, kind, name, source)
      select 'worker-1', kind, format('{fill}_%s', g), 'environment'
      from generate_series(1, {each}) as g cross join unnest(array['secret', 'connection']) as kind;

      insert into worker_queue (worker, queue)
      select 'worker-1', format('queue-{fill}-%s', g) from generate_series(1, {each}) as g;

      insert into publication (file_name, code_digest, published_by, state, problems, settled_at)
      select format('Refused%s%s.java', {fill}, g), repeat('0', 64), 'engineer', 'refused',
             '["A stage is missing."]', now()
      from generate_series(1, least({each}, 30)) as g;

      insert into monitor_check (monitor_id, as_of, requested_by, state, finished_at)
      select m.id, now() - (g + {fill} * 1000) * interval '1 day', 'schedule', 'done', now()
      from monitor m cross join generate_series(1, {windows}) as g;

      insert into monitor_window (monitor_id, version, opens, closes, aspect, sufficient, rows,
                                  figures, detail, check_id)
      select c.monitor_id, 1, c.as_of, c.as_of + interval '1 day', aspect, true, 23570,
             case aspect
               when 'drift' then '{"psi": 0.3, "score_shift": 0.05, "predictions": 23570}'
               when 'performance' then '{"brier_skill": 0.16, "auc": 0.77, "predicted_over_observed": 1.04}'
               else '{"error_rate": 0.001, "p99_millis": 4.06}' end::jsonb,
             case aspect
               when 'drift' then (
                 select format('{"features": {%s}, "score": %s}',
                               string_agg(format('"feature_%s": %s', f, shift), ', '), min(shift))
                 from generate_series(1, 20) as f cross join (values (
                   '{"psi": 0.3, "bins": 10, "epsilon": 0.0001, "ks": 0.4, "jensenShannon": 0.3, "rows": 23570, "noise": 0.002}'
                 )) as one(shift))
               when 'performance' then '{"labelled": 23000, "unlabelled": 570, "intervals": {"auc": [0.762, 0.78]}}'
               else '{"requests": 23570, "errors": 29}' end::jsonb,
             c.id
      from monitor_check c cross join unnest(array['drift', 'performance', 'service']) as aspect
      where c.as_of between now() - ({fill} * 1000 + {windows} + 1) * interval '1 day'
                        and now() - {fill} * 1000 * interval '1 day';

      insert into alert (model, monitor_id, cause, consequence, title, figures, opened_as_of, state,
                         acknowledged_by, acknowledged_at, closed_at)
      select '{name}', {monitor}, format('monitor/{monitor}/{fill}-%s', g), 'open-ticket',
             'PSI of log_recency is 2.614', '{"psi": 2.614}', now(),
             (array['open', 'closed', 'acknowledged'])[1 + g % 3], 'engineer', now(), now()
      from generate_series(1, {each}) as g;

      drop table name;

      drop table added
      """;
}
