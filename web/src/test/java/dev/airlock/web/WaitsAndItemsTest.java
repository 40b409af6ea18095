package dev.airlock.web;

import static dev.airlock.web.Scene.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.Event;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.Pool;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.EventStanding;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What stages share and wait for, and the items of maps, over REST and on pages. */
final class WaitsAndItemsTest {

  private static final Map<String, Http> BROWSERS = new HashMap<>();

  private static WebFixture web;
  private static Http engineer;
  private static Http viewer;

  /** The team's own steps. */
  interface Steps {

    List<String> shops();

    long price(String shop);

    long load();
  }

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

  private static Graph graph(String name, String pool, String event) {
    PipelineBuilder pipeline = Pipeline.named(name).ownedBy("growth-ml");
    Stage<List<String>> shops = pipeline.task("shops", Steps::shops);
    pipeline.map("prices", shops, Steps::price).atOnce(3);
    pipeline.task("load", Steps::load).pool(Pool.named(pool), 2);
    pipeline
        .awaitEvent("prices-in", Event.named(event))
        .lookBack(Duration.ofDays(20_000))
        .within(Duration.ofHours(6))
        .orFail();
    return pipeline.build().graph();
  }

  /** A run whose graph is this, and whose pool has room for two. */
  private static long run(String name) {
    engineer.method("PUT", "/api/v1/pools/" + name, "{\"slots\":2}");
    web.store.pipelines().publish(graph(name, name, name), "c".repeat(64), by("engineer"));
    return web.scene.request(name);
  }

  private static String page(String path) {
    return page("engineer", path);
  }

  private static String page(String person, String path) {
    return browser(person).get(path).body();
  }

  private static Http browser(String person) {
    return BROWSERS.computeIfAbsent(person, web::signedIn);
  }

  private static void change(long run, int sequence, String stage, StageState state) {
    web.store
        .runLedger()
        .record(
            run,
            List.of(new StageChange(sequence, stage, state, Instant.now(), null, null)),
            RunState.RUNNING);
  }

  private static void assertProblem(int status, String says, Http.Answer answer) {
    assertEquals(status, answer.status(), answer.body());
    assertTrue(answer.json().path("detail").asText().contains(says), answer.body());
  }

  @Test
  void shouldMakeAndResizePools() {
    String pool = WebFixture.freshName("warehouse");
    String path = "/api/v1/pools/" + pool;

    JsonNode made = engineer.method("PUT", path, "{\"slots\":4}").json();
    engineer.method("PUT", path, "{\"slots\":3}");

    assertEquals(4, made.path("slots").asInt());
    JsonNode shown = viewer.get(path).json();
    assertEquals(3, shown.path("slots").asInt());
    assertEquals(0, shown.path("held").asInt());
    assertEquals("engineer", shown.path("updatedBy").asText());
    assertTrue(viewer.get("/api/v1/pools").body().contains("\"" + pool + "\""));
  }

  @Test
  void shouldRefuseARunForAQueueThatNobodyTakesAndNameTheQueueOnItsStage() {
    String name = WebFixture.freshName("queued");
    PipelineBuilder pipeline = Pipeline.named(name).ownedBy("growth-ml");
    pipeline.task("load", Steps::load).onQueue(name);
    web.store.pipelines().publish(pipeline.build().graph(), "c".repeat(64), by("engineer"));
    String runs = "/api/v1/pipelines/" + name + "/runs";

    assertProblem(
        400,
        "The stage 'load' is for the queue '%s', which no worker takes. Start one with AIRLOCK_QUEUES=%s, or take onQueue away."
            .formatted(name, name),
        engineer.method("POST", runs, "{}"));
    assertEquals(false, queue(name).path("taken").asBoolean());
    web.store.queues().tell("worker-1", List.of(name));

    Http.Answer run = engineer.method("POST", runs, "{}");
    assertEquals(201, run.status(), run.body());
    assertTrue(queue(name).path("taken").asBoolean());
    String shown = page("/pipelines/" + name + "?stage=load");
    assertTrue(shown.contains("<dt>queue</dt><dd>" + name + "</dd>"), shown);
  }

  private static JsonNode queue(String name) {
    for (JsonNode queue : viewer.get("/api/v1/queues").json().path("items")) {
      if (queue.path("name").asText().equals(name)) {
        return queue;
      }
    }
    throw new AssertionError(name);
  }

  @Test
  void shouldSayWhatIsWrongWithAPool() {
    assertProblem(
        400,
        "'Ware House' is no name for a pool",
        engineer.method("PUT", "/api/v1/pools/Ware%20House", "{\"slots\":4}"));
    assertProblem(
        400,
        "A pool can't have -1 slots: expected 0 to 1000000",
        engineer.method("PUT", "/api/v1/pools/warehouse", "{\"slots\":-1}"));
    assertProblem(
        400, "The size is missing", engineer.method("PUT", "/api/v1/pools/warehouse", "{}"));
    assertProblem(404, "There is no pool 'none'", viewer.get("/api/v1/pools/none"));
    assertEquals(403, viewer.method("PUT", "/api/v1/pools/warehouse", "{\"slots\":4}").status());
  }

  @Test
  void shouldShowWhoHoldsSlotsAndWhoWaitsForThem() {
    String name = WebFixture.freshName("shared");
    long holder = run(name);
    long waiter = web.scene.request(name);
    change(holder, 1, "load", StageState.QUEUED);
    assertTrue(web.store.waiting().requestSlots(holder, "load", name, 2).granted());
    change(holder, 2, "load", StageState.RUNNING);
    change(waiter, 1, "load", StageState.QUEUED);
    assertFalse(web.store.waiting().requestSlots(waiter, "load", name, 2).granted());

    JsonNode pool = viewer.get("/api/v1/pools/" + name).json();
    assertEquals(2, pool.path("held").asInt());
    assertEquals(1, pool.path("waiting").asInt());
    assertEquals(holder, pool.at("/holders/0/runId").asLong());
    assertEquals(waiter, pool.at("/queue/0/runId").asLong());

    String pools = page("/pools");
    assertTrue(pools.contains("2 of 2 held, 1 waiting"), pools);
    assertTrue(pools.contains("/runs/%d?stage=load".formatted(holder)), pools);
    assertTrue(pools.contains("<span class=\"state queued\">waits</span>"), pools);
    String waiting = page("/runs/%d?stage=load".formatted(waiter));
    assertTrue(waiting.contains("the pool " + name + ", 2 of 2 slots held, 0 before it in line"));
    assertTrue(waiting.contains("load of %s, run %d".formatted(name, holder)), waiting);

    engineer.method("PUT", "/api/v1/pools/" + name, "{\"slots\":1}");
    assertTrue(
        page("/runs/%d?stage=load".formatted(waiter))
            .contains("2 slots of the pool %s, which has 1: make it larger".formatted(name)));

    engineer.method("PUT", "/api/v1/pools/" + name, "{\"slots\":2}");
    change(holder, 3, "load", StageState.SUCCEEDED);
    pool = viewer.get("/api/v1/pools/" + name).json();
    assertEquals(waiter, pool.at("/holders/0/runId").asLong());
    assertEquals(0, pool.path("queue").size());
  }

  @Test
  void shouldSetAPoolByTheFormWhereOneMay() {
    String pool = WebFixture.freshName("formed");
    Http browser = browser("engineer");
    String csrf = browser.get("/pools").csrf();

    Http.Answer answer = browser.form("/pools", Map.of("name", pool, "slots", "7", "csrf", csrf));

    assertEquals(303, answer.status(), answer.body());
    assertEquals(7, viewer.get("/api/v1/pools/" + pool).json().path("slots").asInt());
    String forViewers = page("viewer", "/pools");
    assertTrue(forViewers.contains("Pools are set by engineers and admins."), forViewers);
    assertFalse(forViewers.contains("name=\"slots\""), forViewers);
    Http.Answer refused =
        browser.form("/pools", Map.of("name", pool, "slots", "many", "csrf", csrf));
    assertEquals(400, refused.status(), refused.body());
  }

  @Test
  void shouldTellAnEventOncePerKeyAndSayWhomItReached() {
    String name = WebFixture.freshName("told");
    long run = run(name);
    change(run, 1, "prices-in", StageState.WAITING);
    EventStanding waits =
        web.store
            .waiting()
            .awaitEvent(
                run,
                "prices-in",
                Work.EventSource.EVENT,
                name,
                Instant.parse("1997-12-31T00:00:00Z"),
                Instant.now().plus(Duration.ofHours(6)));
    assertFalse(waits.ended());
    String waiting = page("/runs/%d?stage=prices-in".formatted(run));
    assertTrue(waiting.contains("event " + name), waiting);
    assertTrue(waiting.contains("No older than"), waiting);

    String told = "{\"key\":\"2026-03-01\",\"payload\":{\"rows\":7}}";
    Http.Answer first = engineer.post("/api/v1/events/" + name, told);
    Http.Answer again = engineer.post("/api/v1/events/" + name, told);

    assertEquals(201, first.status(), first.body());
    assertEquals(run, first.json().at("/runs/0").asLong());
    assertEquals(200, again.status(), again.body());
    assertFalse(again.json().path("isNew").asBoolean());
    assertEquals(0, again.json().path("runs").size());
    JsonNode listed = viewer.get("/api/v1/events?name=" + name).json().path("items");
    assertEquals(1, listed.size());
    assertEquals(7, listed.at("/0/payload/rows").asInt());
    assertEquals("engineer", listed.at("/0/toldBy").asText());
    assertTrue(web.store.waiting().eventOf(waits.waitId()).ended());
    assertTrue(page("/runs/%d?stage=prices-in".formatted(run)).contains("Waited for"));
  }

  @Test
  void shouldSayWhatIsWrongWithAnEvent() {
    assertProblem(
        400,
        "'Prices' is no name for an event",
        engineer.post("/api/v1/events/Prices", "{\"key\":\"1\"}"));
    assertProblem(400, "The key is missing", engineer.post("/api/v1/events/prices", "{}"));
    assertProblem(
        400,
        "at is 'yesterday'",
        engineer.post("/api/v1/events/prices", "{\"key\":\"1\",\"at\":\"yesterday\"}"));
    assertProblem(
        413,
        "send where the data is instead",
        engineer.post(
            "/api/v1/events/prices",
            "{\"key\":\"1\",\"payload\":\"%s\"}".formatted("x".repeat(70_000))));
    assertEquals(403, viewer.post("/api/v1/events/prices", "{\"key\":\"1\"}").status());
  }

  @Test
  void shouldShowTheItemsOfAMap() {
    String name = WebFixture.freshName("mapped");
    long run = run(name);
    change(run, 1, "prices", StageState.RUNNING);
    Mapped.play(web, run, "prices");

    String api = "/api/v1/runs/%d/stages/prices/items".formatted(run);
    JsonNode failed = viewer.get(api + "?state=failed").json().path("items");
    assertEquals(1, failed.size());
    assertEquals(1, failed.at("/0/index").asInt());
    assertEquals(2, failed.at("/0/attempt").asInt());
    assertEquals("The shop <1> is closed.", failed.at("/0/error/message").asText());
    JsonNode first = viewer.get(api + "?limit=100").json();
    assertEquals(100, first.path("items").size());
    JsonNode rest = viewer.get(api + "?limit=100&cursor=" + first.path("next").asText()).json();
    assertEquals(20, rest.path("items").size());
    assertEquals(100, rest.at("/items/0/index").asInt());
    assertEquals("12", viewer.get(api + "/0/result").body());
    assertProblem(404, "Item 1 of 'prices'", viewer.get(api + "/1/result"));
    assertProblem(400, "state is 'lost', expected one of", viewer.get(api + "?state=lost"));
    assertProblem(
        404, "has no map 'load'", viewer.get("/api/v1/runs/%d/stages/load/items".formatted(run)));

    String ofRun = page("/runs/%d?stage=prices".formatted(run));
    String link = "/runs/%d/stages/prices/items".formatted(run);
    assertTrue(ofRun.contains(link), ofRun);
    assertTrue(ofRun.contains("failed 1"), ofRun);
    String items = page(link);
    assertTrue(items.contains("all 120"), items);
    assertTrue(items.contains("pending 117"), items);
    assertTrue(items.contains("The shop &lt;1&gt; is closed."), items);
    assertTrue(items.contains(api + "/0/result"), items);
    assertTrue(items.contains("worker-2"), items);
    assertTrue(items.contains("cursor="), items);
    String onlyFailed = page(link + "?state=failed");
    assertTrue(onlyFailed.contains("The shop &lt;1&gt; is closed."), onlyFailed);
    assertFalse(onlyFailed.contains(api + "/0/result"), onlyFailed);
    assertTrue(page(link + "?state=cancelled").contains("No such item."));
    assertEquals(404, viewer.get("/runs/%d/stages/load/items".formatted(run)).status());
  }
}
