package dev.airlock.web;

import static dev.airlock.web.Scene.by;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.dsl.graph.StartSpec.WebhookSpec;
import dev.airlock.web.Http.Answer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Webhooks and backfills over REST and on pages, and what a run says of its start. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TriggersApiTest {
  private static final String PIPELINE = "hooked";
  private static final String HOOK = "/api/v1/hooks/hooked/new-prices";

  private WebFixture web;
  private Http engineer;

  @BeforeAll
  void start() {
    web = WebFixture.start();
    engineer = web.client("engineer");
    publish(PIPELINE, 0);
  }

  @AfterAll
  void stop() {
    web.close();
  }

  private void publish(String name, int maximumActiveRuns) {
    Graph graph = Scene.graph(name);
    web.store
        .pipelines()
        .publish(
            new Graph(
                name,
                graph.owner(),
                graph.schedule(),
                graph.params(),
                graph.stages(),
                new StartSpec(
                    maximumActiveRuns,
                    null,
                    List.of(
                        new WebhookSpec("new-prices", List.of("horizon-days")),
                        new WebhookSpec("keyless", List.of())),
                    false)),
            "c".repeat(64),
            by("admin"));
  }

  private static String signature(String key, String timestamp, String delivery, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
      String text = timestamp + "." + delivery + "." + body;
      return "v1=" + HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer call(
      String path, String timestamp, String delivery, String signature, String body) {
    return web.client("")
        .send(
            web.client("")
                .request(path)
                .header("X-Airlock-Timestamp", timestamp)
                .header("X-Airlock-Delivery", delivery)
                .header("X-Airlock-Signature", signature)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private Answer call(String delivery, String body) {
    String now = Long.toString(Instant.now().getEpochSecond());
    return call(HOOK, now, delivery, signature(WebFixture.HOOK_KEY, now, delivery, body), body);
  }

  private static String detail(Answer answer, int status) {
    assertEquals(status, answer.status(), answer.body());
    return answer.json().path("detail").asText();
  }

  @Test
  void shouldStartARunForASignedCallOncePerDelivery() {
    Answer first = call("delivery-1", "{\"horizon-days\": 30, \"orders\": \"/etc/passwd\"}");
    Answer again = call("delivery-1", "{\"horizon-days\": 30, \"orders\": \"/etc/passwd\"}");
    Answer other = call("delivery-2", "");

    assertEquals(201, first.status(), first.body());
    assertTrue(first.json().path("isNew").asBoolean());
    assertFalse(again.json().path("isNew").asBoolean());
    assertEquals(first.json().path("id"), again.json().path("id"));
    assertTrue(other.json().path("isNew").asBoolean());

    long id = first.json().path("id").asLong();
    JsonNode run = engineer.get("/api/v1/runs/" + id).json();
    assertEquals("webhook", run.path("triggeredBy").asText());
    assertEquals("admin", run.path("requestedBy").asText());
    assertEquals("new-prices", run.at("/trigger/webhook").asText());
    assertEquals("30", run.at("/params/horizon-days").asText());
    assertEquals("cdnow-orders.csv.gz", run.at("/params/orders").asText(), "not the caller's");
    String page = page("/runs/" + id);
    assertTrue(page.contains("webhook new-prices"), page);
    assertTrue(page.contains("Another system called, delivery delivery-1."), page);
  }

  private String page(String path) {
    return web.signedIn("engineer").get(path).body();
  }

  @Test
  void shouldSayWhyACallIsRefused() {
    String now = Long.toString(Instant.now().getEpochSecond());
    String old = Long.toString(Instant.now().getEpochSecond() - 301);

    assertTrue(
        detail(web.client("").post(HOOK, "{}"), 401).startsWith("The call is not signed: send"));
    assertTrue(
        detail(call(HOOK, now, "d", signature("wrong", now, "d", "{}"), "{}"), 401)
            .startsWith("The signature does not fit."));
    assertTrue(
        detail(call(HOOK, now, "other", signature(WebFixture.HOOK_KEY, now, "d", "{}"), "{}"), 401)
            .startsWith("The signature does not fit."),
        "the delivery is signed too");
    assertTrue(
        detail(call(HOOK, old, "d", signature(WebFixture.HOOK_KEY, old, "d", "{}"), "{}"), 401)
            .contains("more than 5 minutes from now"));
    assertTrue(detail(call(HOOK, "soon", "d", "v1=", "{}"), 401).contains("'soon', expected"));
    assertEquals(
        "Param 'horizon-days' is 3; it must be from 7 to 365.",
        call("d-bounds", "{\"horizon-days\": 3}").json().at("/errors/0/detail").asText());
    assertTrue(
        detail(call("d-shape", "{\"horizon-days\": [3]}"), 400).contains("is [3], expected"));
    assertTrue(detail(call("d-list", "[3]"), 400).startsWith("The body is no JSON object"));
    assertEquals(
        "There is no webhook 'no' of a pipeline 'hooked'.",
        detail(web.client("").post("/api/v1/hooks/hooked/no", "{}"), 404));
    assertEquals(
        "There is no webhook 'no' of a pipeline 'nor-this'.",
        detail(web.client("").post("/api/v1/hooks/nor-this/no", "{}"), 404));
    assertTrue(
        detail(call("/api/v1/hooks/hooked/keyless", now, "d", "v1=", "{}"), 503)
            .contains("set AIRLOCK_HOOKS_HOOKED__KEYLESS for the web process"));
  }

  @Test
  void shouldReadAKeyOutOfTheHome() throws IOException {
    Path secrets = Files.createDirectories(web.home.resolve("secrets"));
    Files.writeString(secrets.resolve("hook.hooked.keyless"), "another key\n");
    String now = Long.toString(Instant.now().getEpochSecond());
    try {
      Answer answer =
          call(
              "/api/v1/hooks/hooked/keyless",
              now,
              "d-file",
              signature("another key", now, "d-file", "{}"),
              "{}");

      assertEquals(201, answer.status(), answer.body());
    } finally {
      Files.delete(secrets.resolve("hook.hooked.keyless"));
    }
  }

  @Test
  void shouldStartNoRunForACallWhilePaused() {
    web.store.pipelines().setPaused(PIPELINE, true, by("engineer"));
    try {
      assertTrue(detail(call("d-paused", "{}"), 409).startsWith("Pipeline hooked is paused"));
    } finally {
      web.store.pipelines().setPaused(PIPELINE, false, by("engineer"));
    }
    assertEquals(201, call("d-paused", "{}").status());
  }

  @Test
  void shouldNameTheNextTimesOfASchedule() {
    JsonNode pipeline = engineer.get("/api/v1/pipelines/" + PIPELINE).json();

    assertEquals(5, pipeline.path("nextTimes").size());
    Instant first = Instant.parse(pipeline.at("/nextTimes/0").asText());
    assertTrue(first.isAfter(Instant.now()));
    assertEquals(
        first.plusSeconds(7 * 86_400), Instant.parse(pipeline.at("/nextTimes/1").asText()));
    String page = page("/pipelines/" + PIPELINE);
    assertTrue(page.contains("Next times"), page);
    assertTrue(page.contains("04:30 UTC"), page);
    assertTrue(page.contains("When another system calls /api/v1/hooks/hooked/new-prices."), page);
  }

  @Test
  void shouldPlanStartAndCancelABackfill() {
    publish("filled", 0);
    String path = "/api/v1/pipelines/filled/backfills";
    String range = "\"from\": \"2026-03-02\", \"to\": \"2026-03-16\"";

    JsonNode plan = engineer.post(path, "{%s, \"dryRun\": true}".formatted(range)).json();
    assertEquals(3, plan.path("runs").asInt(), plan::toString);
    assertEquals("2026-03-02T04:30:00Z", plan.at("/dates/0/logicalDate").asText());
    assertEquals("It has no run.", plan.at("/dates/0/because").asText());

    Answer made =
        engineer.post(path, "{%s, \"order\": \"newest\", \"maxActive\": 2}".formatted(range));
    assertEquals(201, made.status(), made.body());
    long id = made.json().path("id").asLong();
    assertEquals("running", made.json().path("state").asText());
    assertEquals("newest", made.json().path("sequence").asText());
    assertEquals(2, made.json().path("active").asInt());
    long run = made.json().at("/dates/0/runId").asLong();
    JsonNode started = engineer.get("/api/v1/runs/" + run).json();
    assertEquals("backfill", started.path("triggeredBy").asText());
    assertEquals(id, started.at("/trigger/backfill").asLong());
    assertEquals("2026-03-16T04:30:00Z", started.path("logicalDate").asText());
    assertTrue(page("/runs/" + run).contains("href=\"/backfills/" + id + "\">backfill " + id));
    assertTrue(page("/pipelines/filled").contains("0 of 3 done, 2 under way"));
    assertTrue(page("/backfills/" + id).contains("Cancel the rest"));

    assertEquals(200, engineer.post("/api/v1/backfills/" + id + "/cancel", "").status());
    assertEquals(409, engineer.post("/api/v1/backfills/" + id + "/cancel", "").status());
    assertTrue(page("/backfills/" + id).contains("engineer has cancelled the backfill."));
    assertEquals(
        id, engineer.get("/api/v1/backfills?pipeline=filled").json().at("/items/0/id").asLong());
    assertEquals(403, web.client("viewer").post(path, "{%s}".formatted(range)).status());
  }

  @Test
  void shouldPlanAndStartABackfillByTheForm() {
    publish("form-filled", 0);
    Http browser = web.signedIn("engineer");
    String csrf = browser.get("/pipelines/form-filled").csrf();
    Map<String, String> form =
        Map.of(
            "csrf",
            csrf,
            "key",
            "form",
            "from",
            "2026-03-02",
            "to",
            "2026-03-16",
            "maxActive",
            "1",
            "order",
            "oldest",
            "rerun",
            "none");
    Map<String, String> plan = new java.util.HashMap<>(form);
    plan.put("plan", "true");

    String shown = browser.form("/pipelines/form-filled/backfills", plan).body();
    assertTrue(shown.contains("It would start 3 runs, and leave 0 dates out."), shown);
    assertEquals(0, web.store.backfills().list("form-filled", 10, null).items().size());
    assertEquals(303, browser.form("/pipelines/form-filled/backfills", form).status());
    assertEquals(303, browser.form("/pipelines/form-filled/backfills", form).status());
    assertEquals(
        1, web.store.backfills().list("form-filled", 10, null).items().size(), "sent twice");
  }

  @Test
  void shouldShowALongBackfillPartByPart() {
    publish("long-filled", 0);
    Http browser = web.signedIn("engineer");
    Map<String, String> form =
        new java.util.HashMap<>(
            Map.of(
                "csrf",
                browser.get("/pipelines/long-filled").csrf(),
                "from",
                "2020-03-02",
                "to",
                "2025-03-03",
                "plan",
                "true"));

    String plan = browser.form("/pipelines/long-filled/backfills", form).body();
    assertTrue(plan.contains("It would start 262 runs"), plan);
    assertTrue(plan.contains("The first 200 dates are shown"), plan);
    assertEquals(200, rows(plan));

    form.remove("plan");
    String place = browser.form("/pipelines/long-filled/backfills", form).header("Location");
    String first = browser.get(place).body();
    assertEquals(200, rows(first));
    assertTrue(first.contains("2020-03-02"), first);
    Matcher more = Pattern.compile("href=\"(" + place + "\\?cursor=[^\"]+)\"").matcher(first);
    assertTrue(more.find(), first);
    String second = browser.get(more.group(1)).body();
    assertEquals(62, rows(second));
    assertTrue(second.contains("2025-03-03"), second);
    assertFalse(second.contains("class=\"more\""), "there is no third part");
    assertEquals(400, browser.get(place + "?cursor=x").status());
  }

  private static int rows(String page) {
    String body = page.substring(page.indexOf("<tbody>"), page.indexOf("</tbody>"));
    return body.split("<tr>", -1).length - 1;
  }

  @Test
  void shouldSayWhyABackfillIsRefused() {
    publish("refused", 0);
    String path = "/api/v1/pipelines/refused/backfills";

    assertEquals(
        "from is missing: send a date such as 1998-01-31.", detail(engineer.post(path, "{}"), 400));
    assertTrue(
        detail(engineer.post(path, "{\"from\":\"2026-02-31\",\"to\":\"2026-03-01\"}"), 400)
            .startsWith("from is '2026-02-31', expected a date"));
    assertTrue(
        detail(engineer.post(path, "{\"from\":\"2026-03-09\",\"to\":\"2026-03-01\"}"), 400)
            .startsWith("The backfill starts at 2026-03-09T00:00:00Z, after its end"));
    assertEquals(
        "rerun is 'some', expected one of none, failed, all.",
        detail(
            engineer.post(
                path, "{\"from\":\"2026-03-01\",\"to\":\"2026-03-09\",\"rerun\":\"some\"}"),
            400));
    assertEquals(404, engineer.post("/api/v1/pipelines/nowhere/backfills", "{}").status());
  }

  @Test
  void shouldSayWhyARunIsQueued() {
    publish("narrow", 1);
    String path = "/api/v1/pipelines/narrow/runs";
    engineer.post(path, "{}");
    long second = engineer.post(path, "{}").json().path("id").asLong();

    String why =
        "It waits its turn: at most 1 run of narrow may go at once, 1 under way; nobody is before it.";
    assertEquals(why, engineer.get("/api/v1/runs/" + second).json().path("queuedBecause").asText());
    assertTrue(page("/runs/" + second).contains(why));
    assertTrue(page("/pipelines/narrow").contains("At most 1 run at once"));
  }
}
