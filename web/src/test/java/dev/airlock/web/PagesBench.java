package dev.airlock.web;

import dev.airlock.local.PostgresServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How long each page takes, and how much it weighs, with 10,000 runs of 40 pipelines in the
 * database, each with all its stages: {@code bench/pages [RUNS]}. The process that serves and the
 * one that asks are the same, so what is measured is more than what a browser waits for.
 */
public final class PagesBench {
  private static final int PIPELINES = 40;
  private static final int WARM_UP = 8;
  private static final int ROUNDS = 40;

  private PagesBench() {}

  public static void main(String[] arguments) throws Exception {
    int runs = arguments.length == 0 ? 10_000 : Integer.parseInt(arguments[0]);
    try (WebFixture web = WebFixture.start()) {
      web.scene.publish("bench-live");
      Scene.Play live = web.scene.playToLive(web.scene.request("bench-live"));
      live.approvalId = web.scene.playToApproval(web.scene.request("bench-live")).approvalId;
      List<String> names = new ArrayList<>();
      for (int i = 0; i < PIPELINES; i++) {
        String name = "bench-%02d".formatted(i);
        names.add(name);
        web.scene.publish(name);
        if (i % 4 == 0) {
          web.scene.playToLive(web.scene.request(name));
          web.scene.playToApproval(web.scene.request(name));
        }
      }
      fill(live.run.id(), runs);
      measure(web, names.get(36), live);
    }
    System.exit(0);
  }

  /** Runs as the given one, of all pipelines in turn; 3 of 100 have failed. */
  private static void fill(long like, int runs) throws SQLException {
    PostgresServer postgres = PostgresServer.shared();
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), PostgresServer.OWNER, postgres.ownerPassword());
        Statement statement = connection.createStatement()) {
      statement.execute("set search_path to airlock");
      long before = number(statement, "select max(id) from run");
      statement.execute(
          """
          insert into run (pipeline, version, logical_date, params, requested_by, triggered_by,
                           state, error, created_at, started_at, ended_at, tags)
          select format('bench-%%s', lpad((g %% %d)::text, 2, '0')), 1,
                 date_trunc('day', now()) - g * interval '1 hour', params, requested_by,
                 triggered_by, case when g %% 33 = 0 and g < 9000 then 'failed' else 'succeeded' end,
                 case when g %% 33 = 0 and g < 9000
                      then '{"type":"bad-data","message":"Row 17 is no row.","details":[]}'::jsonb end,
                 now() - (%d - g) * interval '1 minute', now() - (%d - g) * interval '1 minute',
                 now() - (%d - g) * interval '1 minute' + interval '40 seconds',
                 case when g %% 10 = 0 then '["nightly"]' else '[]' end::jsonb
          from run, generate_series(1, %d) as g where id = %d order by g
          """
              .formatted(PIPELINES, runs, runs, runs, runs, like));
      statement.execute(
          """
          insert into stage (run_id, name, position, kind, state, sequence, attempt, started_at,
                             ended_at)
          select r.id, s.name, s.position, s.kind, 'succeeded', s.sequence, 1, r.started_at,
                 r.ended_at
          from run r cross join stage s where r.id > %d and s.run_id = %d
          """
              .formatted(before, like));
      statement.execute(
          """
          insert into stage_event (run_id, sequence, stage, state, at)
          select r.id, e.sequence, e.stage, e.state, r.started_at
          from run r cross join stage_event e where r.id > %d and e.run_id = %d
          """
              .formatted(before, like));
      statement.execute(
          """
          insert into stage_attempt (run_id, stage, attempt, worker, started_at, ended_at)
          select s.run_id, s.name, 1, 'bench', s.started_at, s.ended_at
          from stage s where s.run_id > %d
          """
              .formatted(before));
      statement.execute("analyze");
      System.out.printf(
          "%,d runs, %,d stages, %,d changes%n",
          number(statement, "select count(*) from run"),
          number(statement, "select count(*) from stage"),
          number(statement, "select count(*) from stage_event"));
    }
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static void measure(WebFixture web, String pipeline, Scene.Play live)
      throws IOException, InterruptedException {
    Http browser = web.browser();
    browser.signIn("approver", "password of approver");
    String runs = "/runs?cursor=" + cursor(browser, "/runs");
    List<String> paths =
        List.of(
            "/",
            "/pipelines",
            "/pipelines/" + pipeline,
            "/runs",
            runs,
            "/runs?state=failed",
            "/runs?pipeline=" + pipeline,
            "/runs?pipeline=" + pipeline + "&state=failed",
            "/runs?tag=nightly",
            "/runs/" + live.run.id(),
            "/runs/" + (live.run.id() + 5_000),
            "/approvals",
            "/approvals/" + live.approvalId,
            "/alerts",
            "/models",
            "/models/" + pipeline,
            "/models/" + pipeline + "/monitoring",
            "/models/" + pipeline + "/rollouts",
            "/datasets",
            "/pools",
            "/logs",
            "/api/v1/runs",
            "/api/v1/runs?state=failed",
            "/api/v1/runs/" + live.run.id(),
            "/api/v1/pipelines",
            "/api/v1/approvals",
            "/api/v1/models",
            "/api/v1/datasets");
    for (int i = 0; i < 10; i++) {
      for (String path : paths) {
        browser
            .client()
            .send(browser.request(path).GET().build(), HttpResponse.BodyHandlers.discarding());
      }
    }
    System.out.printf("%-48s %8s %8s %8s%n", "page", "median", "p99", "bytes");
    for (String path : paths) {
      double[] millis = new double[ROUNDS];
      int bytes = 0;
      for (int i = -WARM_UP; i < ROUNDS; i++) {
        long began = System.nanoTime();
        HttpResponse<byte[]> answer =
            browser
                .client()
                .send(browser.request(path).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
          throw new IllegalStateException(path + ": " + answer.statusCode());
        }
        bytes = answer.body().length;
        if (i >= 0) {
          millis[i] = (System.nanoTime() - began) / 1e6;
        }
      }
      Arrays.sort(millis);
      System.out.printf(
          Locale.ROOT,
          "%-48s %5.1f ms %5.1f ms %,8d%n",
          path,
          millis[ROUNDS / 2],
          millis[ROUNDS - 1],
          bytes);
    }
  }

  private static String cursor(Http browser, String path) throws IOException, InterruptedException {
    String body =
        browser
            .client()
            .send(browser.request(path).GET().build(), HttpResponse.BodyHandlers.ofString())
            .body();
    int from = body.indexOf("cursor=") + "cursor=".length();
    return body.substring(from, body.indexOf('"', from));
  }
}
