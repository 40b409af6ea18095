package dev.airlock.web;

import static dev.airlock.web.Scene.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.QuotaSpec;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.LogLevel;
import dev.airlock.store.NewLogLine;
import dev.airlock.workflows.StageError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What attempts and items say, over REST and on the pages. */
final class LogsTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  /** Workers keep what was said up to a quarter of a second after the end. */
  private static final Duration AFTER_THE_END = Duration.ofMillis(500);

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

  private static String fresh() {
    return WebFixture.freshName("logs");
  }

  /** A run whose map of 20 items is under way. */
  private static long runOfAMap(String name) {
    web.store
        .pipelines()
        .publish(withMap(Scene.graph(name)), "c".repeat(64), by("engineer"), "Orders.java");
    long run = web.scene.request(name);
    web.store.items().open(run, "each", 20);
    web.store.items().claim(run, "each", 0, 20, "worker-1");
    return run;
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

  /** A run whose first stage is under way. */
  private static long runOfOrders(String name) {
    web.scene.publish(name);
    long run = web.scene.request(name);
    web.store.attempts().claim(run, "orders", 1, "worker-1");
    return run;
  }

  private static void say(long run, String stage, int number, LogLevel level, String text) {
    NewLogLine line = new NewLogLine(run, stage, 1, number, NOON.plusSeconds(number), level, text);
    web.store.logs().keep(List.of(line));
  }

  @Test
  void shouldAnswerLinesAsTextAsJsonAndFoundAcrossRuns() {
    String name = fresh();
    long run = runOfOrders(name);
    say(run, "orders", 1, LogLevel.INFO, name + " began");
    say(run, "orders", 2, LogLevel.ERROR, name + " broke\n\tat Orders.java:7");
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
    long run = runOfOrders(fresh());
    say(run, "orders", 1, LogLevel.INFO, "first");
    EventStream stream = EventStream.open(engineer, "/api/v1/runs/" + run + "/stages/orders/logs");
    WebFixture.await("the first line", () -> stream.says("first"));

    say(run, "orders", 2, LogLevel.WARN, "second");
    WebFixture.await("the second line", () -> stream.says("second"));
    web.store.attempts().finish(run, "orders", 1, null, null);

    stream.awaitEnd();
    assertEquals(List.of("1", "2"), stream.ids());
    assertTrue(stream.hasEvent("end"));
  }

  @Test
  void shouldSendEveryLineToEverybodyThoughSomebodySaysToHaveMoreThanThereAre() {
    long run = runOfOrders(fresh());
    say(run, "orders", 1, LogLevel.INFO, "first");
    String path = "/api/v1/runs/" + run + "/stages/orders/logs";
    EventStream ahead = EventStream.open(web.client("viewer"), path + "?after=2000000000");
    EventStream ofAnother = EventStream.openAfter("900", web.client("viewer"), path + "?q=line");
    EventStream ofWords = EventStream.open(engineer, path + "?q=line");
    List<EventStream> early = List.of(ahead, ofAnother, ofWords);
    WebFixture.await("all are open", () -> early.stream().allMatch(each -> each.says("open")));
    EventStream stream = EventStream.open(engineer, path);
    WebFixture.await("the first line", () -> stream.says("first"));

    say(run, "orders", 2, LogLevel.INFO, "second line");
    WebFixture.await("the second line", () -> stream.says("second"));
    web.store.attempts().finish(run, "orders", 1, null, null);

    early.forEach(EventStream::awaitEnd);
    stream.awaitEnd();
    assertEquals(List.of("1", "2"), stream.ids());
    assertEquals(List.of("2"), ahead.ids());
    assertEquals(List.of("2"), ofAnother.ids());
    assertEquals(List.of("2"), ofWords.ids());
  }

  @Test
  void shouldHoldFewFilteredStreamsForOnePerson() {
    long run = runOfOrders(fresh());
    say(run, "orders", 1, LogLevel.INFO, "first");
    Http bob = web.client("bob");
    String path = "/api/v1/runs/" + run + "/stages/orders/logs";
    List<EventStream> open =
        IntStream.range(0, 20)
            .mapToObj(number -> EventStream.open(bob, path + "?q=" + number))
            .toList();
    WebFixture.await("all are open", () -> open.stream().allMatch(each -> each.says("open")));

    EventStream refused = EventStream.open(bob, path + "?q=more");
    EventStream whole = EventStream.open(bob, path);
    EventStream others = EventStream.open(web.client("viewer"), path + "?q=first");
    WebFixture.await("one is refused", () -> !refused.isOpen());
    assertTrue(
        refused.says(
            "bob holds 20 streams of filtered logs open already. Close some, then try again."),
        refused::toString);
    assertTrue(refused.says("429"), refused::toString);
    WebFixture.await("other streams", () -> whole.says("first") && others.says("first"));

    web.store.attempts().finish(run, "orders", 1, null, null);
    open.forEach(EventStream::awaitEnd);
    WebFixture.await(
        "there is room again",
        () -> {
          EventStream again = EventStream.open(bob, path + "?q=first");
          again.awaitEnd();
          return again.hasEvent("end");
        });
  }

  @Test
  void shouldEndTheStreamOfAnAttemptWhoseWorkerIsGoneWhenTheNextOneBegins() {
    long run = runOfOrders(fresh());
    say(run, "orders", 1, LogLevel.INFO, "its last word");
    EventStream stream = EventStream.open(engineer, "/api/v1/runs/" + run + "/stages/orders/logs");
    WebFixture.await("the line", () -> stream.says("its last word"));
    assertTrue(stream.isOpen());

    web.store.attempts().claim(run, "orders", 2, "worker-2");

    stream.awaitEnd();
    assertTrue(stream.hasEvent("end"));
  }

  @Test
  void shouldShowWhatItemsOfAMapSay() {
    String name = fresh();
    long run = runOfAMap(name);
    say(run, "each[3]", 1, LogLevel.INFO, "three " + name);
    say(run, "each[17]", 1, LogLevel.WARN, "seventeen " + name);
    String logs = "/api/v1/runs/" + run + "/stages/each/logs";

    assertEquals(
        "12:00:01.000 WARN  seventeen " + name, engineer.get(logs + "?item=17").body().strip());
    assertEquals("Item 4 has said nothing.", engineer.get(logs + "?item=4").body().strip());
    assertEquals(
        List.of(
            "── items",
            "[3] 12:00:01.000 INFO  three " + name,
            "[17] 12:00:01.000 WARN  seventeen " + name),
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
    long run = runOfAMap(fresh());
    Duration late = Duration.ofDays(1);
    for (int item = 0; late.compareTo(AFTER_THE_END) > 0; item++) {
      assertTrue(item < 20, "each last word came too late, " + late);
      String place = "each[" + item + "]";
      say(run, place, 1, LogLevel.INFO, "its first word");
      EventStream stream =
          EventStream.open(engineer, "/api/v1/runs/" + run + "/stages/each/logs?item=" + item);
      WebFixture.await("the line", () -> stream.says("its first word"));
      assertTrue(stream.isOpen());

      Instant ends = Instant.now();
      StageError shut = new StageError("shut", "It is shut.", List.of());
      web.store.items().lost(run, "each", item, item + 1, shut);
      say(run, place, 2, LogLevel.INFO, "its last word");
      late = Duration.between(ends, Instant.now());

      stream.awaitEnd();
      assertTrue(stream.hasEvent("end"));
      assertTrue(stream.says("its last word") || late.compareTo(AFTER_THE_END) > 0);
    }
  }

  @Test
  void shouldSendALongLogWholeToWhoeverReadsSlowly() throws IOException {
    int lines = 3_000;
    long run = runOfOrders(fresh());
    String text = "x".repeat(4_000);
    List<NewLogLine> said = new ArrayList<>();
    for (int number = 1; number <= lines; number++) {
      said.add(new NewLogLine(run, "orders", 1, number, NOON, LogLevel.INFO, text));
    }
    web.store.logs().keep(said);
    web.store.attempts().finish(run, "orders", 1, null, null);

    try (Socket slow = new Socket()) {
      slow.setReceiveBufferSize(8_192);
      slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), web.server.port()));
      slow.getOutputStream()
          .write(
              "GET /api/v1/runs/%d/stages/orders/logs HTTP/1.0\r\nAccept: text/event-stream\r\nAuthorization: Bearer token of viewer\r\n\r\n"
                  .formatted(run)
                  .getBytes(StandardCharsets.US_ASCII));
      // Somebody else is served meanwhile, to the end: by then the slow one is far behind.
      EventStream other = EventStream.open(engineer, "/api/v1/runs/" + run + "/stages/orders/logs");
      other.awaitEnd();
      assertEquals(lines, other.ids().size());
      assertTrue(other.hasEvent("end"));

      List<String> ids = new ArrayList<>();
      boolean hasEnded = false;
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(slow.getInputStream(), StandardCharsets.UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("id: ")) {
          ids.add(line.substring(4));
        }
        hasEnded |= line.equals("event: end");
      }
      assertEquals(IntStream.rangeClosed(1, lines).mapToObj(Integer::toString).toList(), ids);
      assertTrue(hasEnded);
    }
  }
}
