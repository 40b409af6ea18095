package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.QuotaSpec;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.CodeFault;
import dev.airlock.store.LogLevel;
import dev.airlock.store.NewLogLine;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageOutput;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Code of pipelines and what it says, over REST and on the pages. */
final class CodeTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private static WebFixture web;
  private static Http engineer;
  private static Http browser;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    engineer = web.client("engineer");
    browser = web.browser();
    browser.signIn("engineer", "password of engineer");
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

  private static int publish(Graph graph, String code, String file) {
    return web.store.pipelines().publish(graph, kept(code), "engineer", file);
  }

  private static Graph with(Graph graph, String horizon) {
    List<ParamSpec> params = new ArrayList<>();
    for (ParamSpec param : graph.params()) {
      params.add(
          param.name().equals("horizon-days")
              ? new ParamSpec("horizon-days", ParamType.INTEGER, horizon, "7", "365")
              : param);
    }
    params.add(new ParamSpec("dry", ParamType.BOOLEAN, "false", null, null));
    params.add(new ParamSpec("until", ParamType.DATE, "1997-12-31", null, null));
    return new Graph(
        graph.name(),
        graph.owner(),
        graph.schedule(),
        params,
        graph.stages().subList(0, graph.stages().size() - 1));
  }

  private static void say(long run, int number, LogLevel level, String text) {
    web.store
        .logs()
        .keep(
            List.of(
                new NewLogLine(run, "orders", 1, number, NOON.plusSeconds(number), level, text)));
  }

  @Test
  void shouldShowWhatItemsOfAMapSay() {
    String name = fresh();
    publish(withMap(Scene.graph(name)), name + " one", "Orders.java");
    long run = web.scene.request(name);
    web.store.items().open(run, "each", 20);
    web.store.items().claim(run, "each", 0, 20, "worker-1");
    web.store
        .logs()
        .keep(
            List.of(
                new NewLogLine(run, "each[3]", 1, 1, NOON, LogLevel.INFO, "three " + name),
                new NewLogLine(run, "each[17]", 1, 1, NOON, LogLevel.WARN, "seventeen " + name)));
    String logs = "/api/v1/runs/" + run + "/stages/each/logs";

    assertEquals(
        "12:00:00.000 WARN  seventeen " + name, engineer.get(logs + "?item=17").body().strip());
    assertEquals("Item 4 has said nothing.", engineer.get(logs + "?item=4").body().strip());
    assertEquals(
        List.of(
            "── items",
            "[3] 12:00:00.000 INFO  three " + name,
            "[17] 12:00:00.000 WARN  seventeen " + name),
        engineer.get(logs).body().lines().toList());
    assertEquals(404, engineer.get(logs.replace("each", "orders") + "?item=1").status());
    JsonNode found = engineer.get("/api/v1/logs?q=seventeen%20" + name).json().path("items");
    assertEquals("each[17]", found.path(0).path("stage").asText());
    assertTrue(browser.get("/logs?q=" + name).body().contains(logs + "?item=17"));
    assertTrue(browser.get("/runs/" + run + "?stage=each").body().contains("[17] seventeen"));
    assertTrue(
        browser.get("/runs/" + run + "/stages/each/items").body().contains(logs + "?item=17"));
  }

  @Test
  void shouldStreamWhatAnItemSaysUntilItHasEnded() {
    String name = fresh();
    publish(withMap(Scene.graph(name)), name + " one", "Orders.java");
    long run = web.scene.request(name);
    web.store.items().open(run, "each", 20);
    web.store.items().claim(run, "each", 3, 4, "worker-1");
    web.store
        .logs()
        .keep(List.of(new NewLogLine(run, "each[3]", 1, 1, NOON, LogLevel.INFO, "three")));
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    CompletableFuture<Void> end =
        engineer
            .client()
            .sendAsync(
                engineer
                    .request("/api/v1/runs/" + run + "/stages/each/logs?item=3")
                    .header("Accept", "text/event-stream")
                    .GET()
                    .build(),
                HttpResponse.BodyHandlers.ofLines())
            .thenAccept(response -> response.body().forEach(lines::add));
    WebFixture.await("the line", () -> lines.toString().contains("three"));
    assertFalse(end.isDone());

    web.store.items().lost(run, "each", 3, 4, new StageError("shut", "It is shut.", List.of()));

    end.join();
    assertTrue(lines.stream().anyMatch(line -> line.replace(" ", "").equals("event:end")));
  }

  private static Graph withMap(Graph graph) {
    StageSpec orders = graph.stages().get(0);
    Work.Task task =
        new Work.Task("Shop$Tasks", "each", "(Ljava/lang/Integer;)Ljava/lang/Integer;", true);
    return new Graph(
        graph.name(),
        graph.owner(),
        graph.schedule(),
        graph.params(),
        List.of(
            orders,
            new StageSpec(
                "each",
                new Work.Map(task, false, 4, QuotaSpec.NONE),
                List.of(orders.name()),
                List.of(),
                RetrySpec.STANDARD,
                Duration.ofMinutes(1))));
  }

  @Test
  void shouldShowWhichCodeARunIsPinnedToAndThatThereIsNewer() {
    String name = fresh();
    Graph graph = Scene.graph(name);
    publish(graph, name + " one", "Orders.java");
    long run = web.scene.request(name);
    publish(with(graph, "30"), name + " two", "Orders.java");
    publish(with(graph, "30"), name + " three", "Orders.java");

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
            "engineer",
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

    long mended = web.store.pipelines().receive(file, kept(name), "engineer", "/pipelines");
    web.store.pipelines().settle(mended, List.of(), List.of(name));
    assertFalse(browser.get("/").body().contains(file + ":12:5"));
    assertFalse(browser.get("/pipelines/" + name).body().contains("can't be published"));

    web.store.pipelines().withdraw(file);
    assertTrue(browser.get("/pipelines/" + name).body().contains(file + " is gone since"));
  }

  @Test
  void shouldSayEveryFaultOfAWishAtOnce() {
    String name = fresh();
    publish(with(Scene.graph(name), "30"), name, "Orders.java");

    Http.Answer answer =
        engineer.post(
            "/api/v1/pipelines/" + name + "/runs",
            "{\"params\":{\"horizon-days\":3,\"dry\":\"maybe\",\"colour\":\"red\",\"orders\":[]},"
                + "\"logicalDate\":\"soon\",\"tags\":[\"No!\"]}");

    assertEquals(400, answer.status(), answer.body());
    List<String> places = new ArrayList<>();
    answer.json().path("errors").forEach(error -> places.add(error.path("at").asText()));
    assertEquals(
        List.of(
            "logicalDate",
            "params.colour",
            "params.dry",
            "params.horizon-days",
            "params.orders",
            "tags"),
        places.stream().sorted().toList());
    assertTrue(web.store.runs().list(name, null, 9, null).items().isEmpty());
  }

  @Test
  void shouldKeepWhatWasTypedAndSayWhatIsWrongBesideItsField() {
    String name = fresh();
    publish(with(Scene.graph(name), "30"), name, "Orders.java");
    String form = browser.get("/pipelines/" + name).body();
    assertTrue(form.contains("type=\"checkbox\""), form);
    assertTrue(form.contains("type=\"date\""), form);
    assertTrue(form.contains("a whole number, 7 to 365; 30 if empty"), form);

    Map<String, String> typed =
        Map.of(
            "csrf", browser.get("/").csrf(),
            "key", name,
            "param.horizon-days", "3000",
            "param.dry", "true",
            "note", "for the board",
            "tags", "nightly black-friday");
    Http.Answer refused = browser.form("/pipelines/" + name + "/runs", typed);
    assertEquals(400, refused.status(), refused.body());
    assertTrue(refused.body().contains("value=\"3000\""), refused.body());
    assertTrue(refused.body().contains("id=\"param-horizon-days-error\""), refused.body());
    assertTrue(refused.body().contains("is 3000; it must be from 7 to 365."), refused.body());
    assertTrue(refused.body().contains("value=\"for the board\""), refused.body());
    assertTrue(refused.body().contains("type=\"checkbox\" value=\"true\" checked"), refused.body());

    Http.Answer started =
        browser.form(
            "/pipelines/" + name + "/runs",
            Map.of(
                "csrf", browser.get("/").csrf(),
                "key", name,
                "param.horizon-days", "60",
                "param.dry", "true",
                "note", "for the board",
                "tags", "nightly black-friday"));
    assertEquals(303, started.status(), started.body());
    String run = browser.get(started.header("Location").replaceAll("\\?.*", "")).body();
    assertTrue(run.contains("“for the board”"), run);
    assertTrue(run.contains("/runs?tag=black-friday"), run);
    assertTrue(browser.get("/runs?tag=black-friday").body().contains(name));
    assertFalse(browser.get("/runs?tag=nothing-has-this").body().contains(name));
  }

  @Test
  void shouldChangeNoteAndTagsOfARun() {
    String name = fresh();
    web.scene.publish(name);
    long run = web.scene.request(name);

    Http.Answer changed =
        engineer.method(
            "PATCH", "/api/v1/runs/" + run, "{\"note\":\"The good one.\",\"tags\":[\"kept\"]}");
    assertEquals(200, changed.status(), changed.body());
    JsonNode shown = engineer.get("/api/v1/runs/" + run).json();
    assertEquals("The good one.", shown.path("note").asText());
    assertEquals("kept", shown.path("tags").path(0).asText());
    assertEquals(
        run,
        engineer.get("/api/v1/runs?tag=kept").json().path("items").path(0).path("id").asLong());
    assertEquals(400, engineer.method("PATCH", "/api/v1/runs/" + run, "{}").status());
    assertEquals(
        400,
        engineer.method("PATCH", "/api/v1/runs/" + run, "{\"tags\":[\"Not a tag\"]}").status());
    assertEquals(404, engineer.method("PATCH", "/api/v1/runs/9999999", "{\"note\":\"\"}").status());
    assertEquals(
        403,
        web.client("viewer").method("PATCH", "/api/v1/runs/" + run, "{\"note\":\"\"}").status());

    Http.Answer form =
        browser.form(
            "/runs/" + run + "/words",
            Map.of("csrf", browser.get("/").csrf(), "note", "Better still.", "tags", "kept, new"));
    assertEquals(303, form.status(), form.body());
    assertEquals(List.of("kept", "new"), web.store.runs().find(run).orElseThrow().tags());
  }

  @Test
  void shouldAnswerLinesAsTextAsJsonAndFoundAcrossRuns() {
    String name = fresh();
    web.scene.publish(name);
    long run = web.scene.request(name);
    web.store.attempts().claim(run, "orders", 1, "worker-1");
    say(run, 1, LogLevel.INFO, name + " began");
    say(run, 2, LogLevel.ERROR, name + " broke\n\tat Orders.java:7");
    String path = "/api/v1/runs/" + run + "/stages/orders/logs";

    assertEquals(
        "12:00:01.000 INFO  %1$s began\n12:00:02.000 ERROR %1$s broke\n\tat Orders.java:7\n"
            .formatted(name),
        engineer.get(path).body());
    assertEquals(
        "12:00:02.000 ERROR %s broke\n\tat Orders.java:7\n".formatted(name),
        engineer.get(path + "?q=BROKE").body());

    JsonNode found = engineer.get("/api/v1/logs?q=" + name + "&level=error").json().path("items");
    assertEquals(1, found.size(), found.toString());
    assertEquals(run, found.path(0).path("runId").asLong());
    JsonNode first = engineer.get("/api/v1/runs/" + run + "/logs?limit=1").json();
    assertEquals(2, first.path("items").path(0).path("number").asInt());
    JsonNode rest =
        engineer
            .get("/api/v1/runs/" + run + "/logs?limit=1&cursor=" + first.path("next").asText())
            .json();
    assertEquals(1, rest.path("items").path(0).path("number").asInt());
    assertEquals(
        0,
        engineer.get("/api/v1/logs?q=" + name + "&since=2027-01-01").json().path("items").size());
    assertEquals(400, engineer.get("/api/v1/logs?level=loud").status());
    assertEquals(404, engineer.get("/api/v1/runs/9999999/logs").status());

    String page = browser.get("/runs/" + run + "?stage=orders").body();
    assertTrue(page.contains("class=\"line ERROR\""), page);
    assertTrue(page.contains(name + " began"), page);
    String search = browser.get("/logs?q=" + name + "+broke").body();
    assertTrue(search.contains("/runs/" + run + "?stage=orders&amp;attempt=1"), search);
  }

  @Test
  void shouldStreamLinesUntilTheAttemptHasEnded() {
    String name = fresh();
    web.scene.publish(name);
    long run = web.scene.request(name);
    web.store.attempts().claim(run, "orders", 1, "worker-1");
    say(run, 1, LogLevel.INFO, "first");
    List<String> lines = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> end =
        engineer
            .client()
            .sendAsync(
                engineer
                    .request("/api/v1/runs/" + run + "/stages/orders/logs")
                    .header("Accept", "text/event-stream")
                    .GET()
                    .build(),
                HttpResponse.BodyHandlers.ofLines())
            .thenAccept(response -> response.body().forEach(lines::add));
    WebFixture.await("the first line", () -> lines.toString().contains("first"));

    say(run, 2, LogLevel.WARN, "second");
    WebFixture.await("the second line", () -> lines.toString().contains("second"));
    web.store.attempts().finish(run, "orders", 1, null, null);

    end.join();
    assertEquals(
        List.of("id:1", "id:2"),
        lines.stream()
            .filter(line -> line.startsWith("id:"))
            .map(line -> line.replace(" ", ""))
            .toList());
    assertTrue(lines.stream().anyMatch(line -> line.replace(" ", "").equals("event:end")));
  }

  @Test
  void shouldShowWhatATaskGaveAsJson() {
    String name = fresh();
    web.scene.publish(name);
    long run = web.scene.request(name);
    Scene.Play play = web.scene.play(run);
    play.succeed("orders", new StageOutput.TaskResult("{\"rows\":[1,2,3],\"ok\":true}"), 5);
    play.flush(RunState.RUNNING);

    JsonNode stage = engineer.get("/api/v1/runs/" + run).json().path("stages").path(0);
    assertTrue(stage.path("result").path("ok").asBoolean(), stage.toString());
    String page = browser.get("/runs/" + run + "?stage=orders").body();
    assertTrue(page.contains("id=\"result\"") && page.contains("rows"), page);
  }

  @Test
  void shouldShowAResultThatIsKeptAsADocumentLikeAnyOther() {
    String name = fresh();
    web.scene.publish(name);
    long run = web.scene.request(name);
    Scene.Play play = web.scene.play(run);
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
    String name = fresh();
    web.scene.publish(name);
    long run = web.scene.request(name);
    Scene.Play play = web.scene.play(run);
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
