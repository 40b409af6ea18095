package dev.airlock.web;

import static dev.airlock.web.Scene.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.store.CodeFault;
import dev.airlock.store.FoundFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which code a run is pinned to, what has changed since, and what is wrong with a file. */
final class CodeTest {

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

  private static String fresh() {
    return WebFixture.freshName("code");
  }

  private static void publish(Graph graph, String code, String file) {
    web.store.pipelines().publish(graph, kept(code), by("engineer"), file);
  }

  @Test
  void shouldShowWhichCodeARunIsPinnedToAndThatThereIsNewer() {
    String name = fresh();
    Graph graph = Scene.graph(name);
    publish(graph, name + " one", "Orders.java");
    long run = web.scene.request(name);
    publish(Scene.changed(graph), name + " two", "Orders.java");
    publish(Scene.changed(graph), name + " three", "Orders.java");

    JsonNode code = engineer.get("/api/v1/runs/" + run).json().path("code");
    assertEquals(1, code.path("version").asInt());
    assertEquals(3, code.path("newest").asInt());
    assertEquals("Orders.java", code.path("fileName").asText());
    assertEquals("engineer", code.path("publishedBy").asText());
    assertEquals(kept(name + " one"), code.path("codeDigest").asText());

    String page = browser.get("/runs/" + run).body();
    assertTrue(page.contains("Orders.java, code <code"), page);
    assertTrue(page.contains("version 3 is the current one"), page);

    JsonNode versions =
        engineer.get("/api/v1/pipelines/" + name + "/versions").json().path("items");
    assertEquals("the same graph, other code", versions.path(0).path("changes").path(0).asText());
    assertEquals(
        List.of(
            "param 'dry' added",
            "param 'until' added",
            "param 'horizon-days': default value 90 → 30",
            "stage 'go-live' removed"),
        texts(versions.path(1).path("changes")).stream()
            .sorted((a, b) -> Integer.compare(order(a), order(b)))
            .toList());
    assertEquals("the first, with 9 stages", versions.path(2).path("changes").path(0).asText());
    assertEquals(1, versions.path(2).path("unfinished").asInt());
    String pipeline = browser.get("/pipelines/" + name).body();
    assertTrue(pipeline.contains("default value 90 → 30"), pipeline);
    assertTrue(pipeline.contains("1, 1 under way"), pipeline);
  }

  private static int order(String change) {
    return List.of("param 'd", "param 'u", "param 'h", "stage 'g").indexOf(change.substring(0, 8));
  }

  private static List<String> texts(JsonNode items) {
    List<String> texts = new ArrayList<>();
    items.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  @Test
  void shouldShowWhatIsWrongWithAFileWhereverItIsLookedFor() {
    String name = fresh();
    String file = name.replace("-", "") + ".java";
    publish(Scene.graph(name), name, file);
    web.store
        .pipelines()
        .refuse(
            file,
            kept("class"),
            by("engineer"),
            "/pipelines",
            List.of(new CodeFault(file, 12, 5, "';' expected")));

    for (String path : List.of("/", "/pipelines", "/pipelines/" + name)) {
      String page = browser.get(path).body();
      assertTrue(
          page.contains(file + ":12:5")
              && (page.contains("&#39;;&#39; expected") || page.contains("';' expected")),
          path + ": " + page);
    }
    assertTrue(
        browser.get("/pipelines/" + name).body().contains("version 1 of " + name + " goes on"));
    JsonNode found = engineer.get("/api/v1/publications").json().path("items");
    boolean isThere = false;
    for (JsonNode publication : found) {
      if (publication.path("fileName").asText().equals(file)) {
        isThere = true;
        assertEquals("refused", publication.path("state").asText());
        assertEquals(12, publication.path("faults").path(0).path("line").asInt());
        assertEquals(5, publication.path("faults").path(0).path("column").asInt());
      }
    }
    assertTrue(isThere, found.toString());

    long mended =
        web.store
            .pipelines()
            .receive(new FoundFile(file, "/pipelines", null), kept(name), by("engineer"));
    web.store.pipelines().settle(mended, List.of(), List.of(name));
    assertFalse(browser.get("/").body().contains(file + ":12:5"));
    assertFalse(browser.get("/pipelines/" + name).body().contains("can't be published"));

    web.store.pipelines().withdraw(file, by("engineer"));
    assertTrue(browser.get("/pipelines/" + name).body().contains(file + " is gone since"));
  }
}
