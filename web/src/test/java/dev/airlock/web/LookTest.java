package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RowSample;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The first rows of datasets, trials, and what Spark did, as REST and the pages show them. */
final class LookTest {

  private static final long SNAPSHOT = 11;

  private static WebFixture web;
  private static Http engineer;
  private static Http viewer;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    engineer = web.client("engineer");
    viewer = web.client("viewer");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  /** A run up to its approval; the dataset's newest rows are kept, as a worker keeps them. */
  private static String pipelineWithRows() {
    String pipeline = WebFixture.freshName("look");
    web.scene.publish(pipeline);
    web.scene.playToApproval(web.scene.request(pipeline));
    RowSample sample =
        new RowSample(
            pipeline + ".orders",
            SNAPSHOT,
            6_919,
            List.of(
                new RowSample.Column("email", ColumnType.TEXT, true),
                new RowSample.Column("amount", ColumnType.DECIMAL, false)),
            List.of(Arrays.asList("mask:3f9a1c2e", 12.5), Arrays.asList("mask:00112233", null)));
    String digest = web.artifacts.put(Json.write(sample).getBytes(StandardCharsets.UTF_8));
    web.store.datasetSamples().keep(sample.dataset(), SNAPSHOT, digest);
    return pipeline;
  }

  @Test
  void shouldAnswerAndShowTheRowsThatWereKept() {
    String pipeline = pipelineWithRows();
    String dataset = pipeline + ".orders";

    Http.Answer rows = viewer.get("/api/v1/datasets/" + dataset + "/rows?limit=1");

    assertEquals(200, rows.status(), rows.body());
    assertEquals(1, rows.json().get("rows").size());
    assertEquals("mask:3f9a1c2e", rows.json().get("rows").get(0).get(0).asText());
    assertEquals(6_919, rows.json().get("rowCount").asLong());
    String page = viewer.get("/datasets/" + dataset).body();
    assertTrue(page.contains("mask:3f9a1c2e"), page);
    assertTrue(page.contains("2 of 6,919 rows; personal values are masked"), page);
  }

  @Test
  void shouldShowRowsUnderTheStageThatMadeThem() {
    String pipeline = pipelineWithRows();
    long run = web.store.runs().list(pipeline, null, 1, null).items().get(0).id();

    String page = viewer.get("/runs/" + run + "?stage=orders").body();

    assertTrue(page.contains("First rows of orders"), page);
    assertFalse(viewer.get("/runs/" + run + "?stage=judge").body().contains("First rows"));
  }

  @Test
  void shouldSayWhyThereAreNoRows() {
    String pipeline = pipelineWithRows();
    String path = "/api/v1/datasets/" + pipeline;

    assertProblem(404, "There is no dataset", viewer.get(path + ".none/rows"));
    assertProblem(404, "no version 12", viewer.get(path + ".orders/rows?version=12"));
    assertProblem(
        400, "limit is 101, expected 1 to 100", viewer.get(path + ".orders/rows?limit=101"));
    assertProblem(503, "No worker has read the rows", viewer.get(path + ".features/rows"));
    assertEquals(
        1,
        web.store.datasetSamples().wanted(1_000).stream()
            .filter(wanted -> wanted.dataset().equals(pipeline + ".features"))
            .count());
  }

  @Test
  void shouldWriteDownWhatIsToBeTriedAndRefuseWhatCantBe() {
    Http.Answer made =
        engineer.post(
            "/api/v1/trials",
            "{\"pipeline\":\"p\",\"stage\":\"features\",\"sample\":50,\"params\":{\"days\":7}}");

    assertEquals(201, made.status(), made.body());
    String path = "/api/v1/trials/" + made.json().get("id").asLong();
    Http.Answer shown = engineer.get(path);
    assertEquals("queued", shown.json().get("state").asText());
    assertEquals("7", shown.json().get("request").get("params").get("days").asText());
    assertEquals(202, engineer.post(path + "/cancel", "{}").status());
    assertEquals(403, viewer.post("/api/v1/trials", "{}").status());
    assertProblem(400, "expected a stage's name", engineer.post("/api/v1/trials", "{}"));
    assertProblem(
        400,
        "sample: is 0, expected 1 to 100000",
        engineer.post("/api/v1/trials", "{\"pipeline\":\"p\",\"stage\":\"s\",\"sample\":0}"));
    assertProblem(
        400,
        "expected what POST /trials/code answered",
        engineer.post(
            "/api/v1/trials", "{\"stage\":\"s\",\"codeDigest\":\"ab\",\"codeFile\":\"x.jar\"}"));
    assertProblem(404, "There is no trial", engineer.get("/api/v1/trials/999999999"));
  }

  @Test
  void shouldTakeCodeForATrialAlone() {
    Http.Answer taken = engineer.postBytes("/api/v1/trials/code?file=x.jar", new byte[] {1, 2, 3});

    assertEquals(201, taken.status(), taken.body());
    assertTrue(web.artifacts.contains(taken.json().get("codeDigest").asText()));
    assertProblem(
        400,
        "expected a file's name",
        engineer.postBytes("/api/v1/trials/code?file=../x", new byte[1]));
    assertEquals(403, viewer.postBytes("/api/v1/trials/code?file=x.jar", new byte[1]).status());
  }

  @Test
  void shouldHandOutTheSparkEventLogOfAnAttempt() {
    String pipeline = pipelineWithRows();
    long run = web.store.runs().list(pipeline, null, 1, null).items().get(0).id();
    String path = "/api/v1/runs/" + run + "/stages/features/event-log";
    assertProblem(404, "has no Spark event log", engineer.get(path));
    web.store.attempts().claim(run, "features", 2, "worker");
    web.store.attempts().keepEventLog(run, "features", 2, web.artifacts.put(new byte[] {7}));

    Http.Answer log = engineer.get(path);

    assertEquals(200, log.status());
    assertEquals(
        "attachment; filename=\"run-%d-features-2.zstd\"".formatted(run),
        log.header("Content-Disposition"));
    assertEquals(403, viewer.get(path).status());
    String page = "/runs/" + run + "?stage=features";
    assertTrue(engineer.get(page).body().contains(path));
    assertFalse(viewer.get(page).body().contains(path));
  }

  private static void assertProblem(int status, String says, Http.Answer answer) {
    assertEquals(status, answer.status(), answer.body());
    assertTrue(answer.body().contains(says), answer.body());
  }
}
