package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageOutput;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What tasks give, over REST and on the pages. */
final class ResultsTest {

  private static WebFixture web;
  private static Http engineer;
  private static Http browser;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    engineer = web.client("engineer");
    browser = web.signedIn("engineer");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static String kept(String text) {
    return web.artifacts.put(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A run that has just begun. */
  private static Scene.Play begun() {
    String name = WebFixture.freshName("results");
    web.scene.publish(name);
    return web.scene.play(web.scene.request(name));
  }

  @Test
  void shouldShowWhatATaskGaveAsJson() {
    Scene.Play play = begun();
    long run = play.run.id();
    play.succeed("orders", new StageOutput.TaskResult("{\"rows\":[1,2,3],\"ok\":true}"), 5);
    play.flush(RunState.RUNNING);

    JsonNode stage = engineer.get("/api/v1/runs/" + run).json().path("stages").path(0);
    assertTrue(stage.path("result").path("ok").asBoolean(), stage.toString());
    String page = browser.get("/runs/" + run + "?stage=orders").body();
    assertTrue(page.contains("id=\"result\"") && page.contains("rows"), page);
  }

  @Test
  void shouldShowAResultThatIsKeptAsADocumentLikeAnyOther() {
    Scene.Play play = begun();
    long run = play.run.id();
    String json =
        "{\"words\":[" + "\"many\",".repeat(20_000) + "\"last\"],\"run\":%d}".formatted(run);
    play.succeed("orders", new StageOutput.StoredResult(kept(json), json.length(), null), 5);
    play.flush(RunState.RUNNING);

    JsonNode stage = engineer.get("/api/v1/runs/" + run).json().path("stages").path(0);
    assertEquals(run, stage.path("result").path("run").asLong());
    String whole = "/api/v1/runs/" + run + "/stages/orders/result";
    assertEquals("last", engineer.get(whole).json().at("/words/20000").asText());
    assertEquals(404, engineer.get(whole.replace("orders", "spend")).status());
    String page = browser.get("/runs/" + run + "?stage=orders").body();
    assertTrue(page.contains("<details><summary>4 lines, "), "folded");
    assertTrue(page.contains("<pre class=\"log\">{\n  \"words\""), "as JSON");
    assertTrue(page.contains("href=\"" + whole + "\""), "with a link to all of it");
  }

  @Test
  void shouldShowAMegabyteOfDocumentsInAllAndTheRestWhereItIsAskedFor() {
    Scene.Play play = begun();
    long run = play.run.id();
    String json = "\"" + "a".repeat(600_000) + "\"";
    StageOutput large = new StageOutput.StoredResult(kept(json), json.length(), null);
    play.succeed("orders", large, 5);
    play.succeed("orders-ok", large, 5);
    play.flush(RunState.RUNNING);

    JsonNode stages = engineer.get("/api/v1/runs/" + run).json().path("stages");
    assertTrue(stages.path(0).path("result").isTextual());
    assertTrue(stages.path(1).path("result").isNull());
    String whole = "/api/v1/runs/" + run + "/stages/orders-ok/result";
    assertEquals(600_000, engineer.get(whole).json().asText().length());
  }
}
