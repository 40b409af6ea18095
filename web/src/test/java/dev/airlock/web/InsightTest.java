package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.store.NewRun;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs side by side, where things came from, what versions changed, and finding all of it. */
final class InsightTest {
  private static WebFixture web;
  private static Http viewer;
  private static String name;
  private static long wide;
  private static long narrow;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    viewer = web.client("viewer");
    name = WebFixture.freshName("insight");
    web.scene.publish(name);
    wide = requested("90");
    web.scene.playToLive(wide);
    narrow = requested("30");
    web.scene.playToApproval(narrow);
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static long requested(String horizon) {
    return web.store
        .runs()
        .request(
            new NewRun(
                name,
                Map.of("horizon-days", horizon),
                Instant.parse("1997-12-31T00:00:00Z"),
                Scene.by("engineer"),
                "engineer",
                "",
                null))
        .id();
  }

  private static JsonNode json(String path) {
    Http.Answer answer = viewer.get("/api/v1" + path);
    assertEquals(200, answer.status(), answer.body());
    return answer.json();
  }

  private static String page(String path) {
    Http.Answer answer = viewer.get(path);
    assertEquals(200, answer.status(), answer.body());
    return answer.body();
  }

  private static List<Long> runs(JsonNode page) {
    List<Long> runs = new ArrayList<>();
    page.get("items").forEach(item -> runs.add(item.get("run").asLong()));
    return runs;
  }

  @Test
  void shouldSayWhatEachRunWasGivenAndHowItsModelDid() {
    JsonNode first = json("/experiments?pipeline=" + name + "&run=" + wide).get("items").get(0);

    assertEquals("90", first.get("params").get("horizon-days").asText());
    assertEquals("5", first.get("settings").get("boosted.maxDepth").asText());
    assertEquals("boosted", first.get("chosen").asText());
    assertEquals(0.776, first.get("metrics").get("auc").asDouble());
    assertEquals(2, first.get("candidates").size());
  }

  @Test
  void shouldSortByParamsAndMetricsPageByPage() {
    String sorted = "/experiments?pipeline=" + name + "&sort=param.horizon-days&order=asc&limit=1";
    JsonNode first = json(sorted);
    JsonNode second = json(sorted + "&cursor=" + first.get("next").asText());

    assertEquals(List.of(narrow), runs(first));
    assertEquals(List.of(wide), runs(second));
    assertTrue(second.get("next").isNull());
    assertEquals(
        List.of(narrow, wide), runs(json("/experiments?sort=metric.auc&pipeline=" + name)));
    assertEquals(
        List.of(narrow, wide), runs(json("/experiments?sort=metric.none&pipeline=" + name)));
    for (String bad :
        List.of("sort=shoe-size", "sort=metric.", "order=sideways", "run=x", "cursor=%C3%A9")) {
      assertEquals(400, viewer.get("/api/v1/experiments?" + bad).status(), bad);
    }
  }

  @Test
  void shouldMarkInWhichRowsRunsDiffer() {
    String both = "/experiments/compare?run=%d&run=%d".formatted(wide, narrow);
    String shown = page(both);

    assertTrue(shown.contains("horizon-days<span class=\"unseen\"> (differs)</span>"), shown);
    assertTrue(shown.contains("boosted.maxDepth"));
    String differences = page(both + "&show=differences");
    assertTrue(differences.contains("horizon-days"));
    assertFalse(differences.contains("boosted.maxDepth"));
    assertTrue(page("/experiments/compare").contains("No run is chosen."));
    assertTrue(page("/experiments?pipeline=" + name).contains("sort=metric.auc"));
    assertTrue(page("/experiments?pipeline=none").contains("No such run."));
  }

  @Test
  void shouldFollowAModelBackToItsDataAndTheDataForth() {
    JsonNode model = json("/models/%s/versions/1/lineage".formatted(name));

    assertEquals("model-" + name + "-1", model.get("focus").asText());
    List<String> kinds = new ArrayList<>();
    model.get("nodes").forEach(node -> kinds.add(node.get("kind").asText()));
    assertEquals(2, kinds.stream().filter("dataset"::equals).count(), model.toString());
    assertTrue(kinds.contains("run"), model.toString());
    String dataset = page("/datasets/%s.orders/versions/11".formatted(name));
    assertTrue(dataset.contains(name + " v1"), dataset);
    assertTrue(dataset.contains("/models/%s/versions/1".formatted(name)));
    assertTrue(page("/runs/%d/lineage".formatted(wide)).contains(name + ".features"));
    for (String nothing :
        List.of(
            "/runs/999999999/lineage",
            "/datasets/none/versions/1/lineage",
            "/models/none/versions/99999999999/lineage")) {
      assertEquals(404, viewer.get("/api/v1" + nothing).status(), nothing);
    }
  }

  @Test
  void shouldDrawWhatAVersionAddedRemovedAndChanged() {
    String other = WebFixture.freshName("versions");
    web.scene.publish(other);
    String code = web.artifacts.put("other code".getBytes(StandardCharsets.UTF_8));
    web.store.pipelines().publish(Scene.changed(Scene.graph(other)), code, Scene.by("engineer"));

    JsonNode changes = json("/pipelines/%s/changes?from=1&to=2".formatted(other));

    assertFalse(changes.get("sameCode").asBoolean());
    JsonNode last = changes.get("stages").get(changes.get("stages").size() - 1);
    assertEquals("go-live", last.get("stage").asText());
    assertEquals("removed", last.get("how").asText());
    String drawn = page("/pipelines/%s/versions?from=1&to=2".formatted(other));
    assertTrue(drawn.contains("box removed"), drawn);
    assertTrue(drawn.contains("param 'dry' added"), drawn);
    assertTrue(page("/pipelines/%s/versions?from=2&to=1".formatted(other)).contains("box added"));
    assertEquals(404, viewer.get("/pipelines/%s/versions?to=9".formatted(other)).status());
    assertEquals(400, viewer.get("/pipelines/%s/versions?to=x".formatted(other)).status());
  }

  @Test
  void shouldSaySinceWhenAStageFailsAndWhatToDo() {
    String failing = WebFixture.freshName("failing");
    web.scene.publish(failing);
    long good = web.scene.request(failing);
    web.scene.playToLive(good);
    StageError error = new StageError(StageFailure.BAD_DATA, "row 17 is no date", List.of());
    long first = web.scene.request(failing);
    web.scene.play(first).fail("orders", error);
    long second = web.scene.request(failing);
    web.scene.play(second).fail("orders", error);

    String shown = page("/runs/" + second);

    assertTrue(shown.contains("2 runs in a row"), shown);
    assertTrue(shown.contains("the first <a href=\"/runs/%d\">".formatted(first)), shown);
    assertTrue(shown.contains("It last succeeded in <a href=\"/runs/%d\">".formatted(good)), shown);
    assertTrue(shown.contains("the data is at fault"), shown);
    assertTrue(shown.contains("attempt 1 of 3 on worker-1"), shown);
    assertTrue(page("/runs/" + first).contains("This run is the first that failed."));
  }

  @Test
  void shouldFindThingsByNameAndNumber() {
    assertEquals("/pipelines/" + name, link(name.toUpperCase(java.util.Locale.ROOT), "pipeline"));
    assertEquals("/models/" + name, link(name, "model"));
    assertEquals("/datasets/" + name + ".features", link(name + ".fea", "dataset"));
    assertEquals("/runs/" + wide, link(Long.toString(wide), "run"));
    assertEquals("/runs/" + wide, link("#" + wide, "run"));
    assertEquals("/models/%s/versions/1".formatted(name), link(name + " v1", "version"));
    assertEquals("/experiments", link("exper", "page"));
    assertTrue(page("/search?q=" + name).contains("/pipelines/" + name));
    assertTrue(page("/search").contains("/experiments"));
    assertTrue(page("/keys").contains("<kbd>g</kbd>"));
  }

  @Test
  void shouldTakeWhatIsTypedAsItIs() {
    for (String odd :
        List.of("%", "_", "\\", "'", "a".repeat(300), "\u0000", "é\uD83D\uDE00", "- v")) {
      found(odd).forEach(item -> assertTrue(item.toString().contains(odd), item.toString()));
    }
    assertTrue(
        page("/search?q=" + URLEncoder.encode("<b>x</b>", StandardCharsets.UTF_8))
            .contains("Nothing goes by that."));
  }

  private static JsonNode found(String text) {
    return json("/search?q=" + URLEncoder.encode(text, StandardCharsets.UTF_8)).get("items");
  }

  private static String link(String text, String kind) {
    for (JsonNode hit : found(text)) {
      if (hit.get("kind").asText().equals(kind)) {
        return hit.get("link").asText();
      }
    }
    throw new AssertionError("No " + kind + " for '" + text + "': " + found(text));
  }
}
