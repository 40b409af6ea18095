package dev.airlock.web;

import static dev.airlock.web.Scene.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.store.AuditAction;
import dev.airlock.store.AuditHead;
import dev.airlock.web.Http.Answer;
import dev.airlock.workflows.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Whoever wants to know who changed what finds it, and finds out whether to believe it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AuditApiTest {
  private WebFixture web;
  private Http engineer;

  @BeforeAll
  void start() {
    web = WebFixture.start();
    engineer = web.client("engineer");
  }

  @AfterAll
  void stop() {
    web.close();
  }

  private JsonNode changes(String query) {
    Answer answer = engineer.get("/api/v1/audit?" + query);
    assertEquals(200, answer.status(), answer.body());
    return answer.json().path("items");
  }

  @Test
  void shouldTellWhoDidWhatFromWhere() {
    String pool = WebFixture.freshName("audited");
    engineer.method("PUT", "/api/v1/pools/" + pool, "{\"slots\": 3}");
    Answer changed = engineer.method("PUT", "/api/v1/pools/" + pool, "{\"slots\": 5}");

    JsonNode rows = changes("entity=pool&entityId=" + pool);

    assertEquals(2, rows.size());
    JsonNode newest = rows.get(0);
    assertEquals("engineer", newest.path("actor").asText());
    assertEquals("resize-pool", newest.path("action").asText());
    assertEquals(3, newest.at("/before/slots").asInt());
    assertEquals(5, newest.at("/after/slots").asInt());
    assertEquals("api", newest.path("channel").asText());
    assertEquals("127.0.0.1", newest.path("address").asText());
    assertEquals(changed.header("X-Request-Id"), newest.path("requestId").asText());
    assertTrue(rows.get(1).path("before").isNull());
    assertEquals(0, changes("actor=nobody-of-that-name").size());
    assertEquals(1, changes("entity=pool&entityId=" + pool + "&limit=1").size());
  }

  @Test
  void shouldKeepWhatWasRefused() {
    Answer refused =
        web.client("viewer").method("PUT", "/api/v1/pools/warehouse", "{\"slots\": 3}");

    assertEquals(403, refused.status());
    JsonNode row = changes("action=refuse-request&actor=viewer&limit=1").get(0);
    assertEquals("PUT /api/v1/pools/warehouse", row.path("entityId").asText());
    assertEquals("resize", row.at("/after/takes").asText());
    assertEquals(refused.header("X-Request-Id"), row.path("requestId").asText());
  }

  @Test
  void shouldGiveOutEveryRowAsItWasHashed() {
    web.store
        .audit()
        .record(
            by("engineer")
                .did(AuditAction.TELL_EVENT, "event", "größe\n\"→\" \uD83D\uDE80")
                .after(Map.of("b", 1, "a", List.of("ü"))));

    List<String> lines = engineer.get("/api/v1/audit/export").body().lines().toList();

    assertTrue(lines.size() > 1);
    for (int i = 0; i < lines.size(); i++) {
      assertEquals(i + 1, Json.read(lines.get(i), JsonNode.class).path("sequence").asLong());
    }
    assertTrue(
        lines.stream().anyMatch(line -> line.contains("{\\\"a\\\":[\\\"ü\\\"],\\\"b\\\":1}")));
  }

  @Test
  void shouldSignHeadsInAFileAndFindALineThatItHasNotSigned() throws IOException {
    web.store.audit().record(by("engineer").did(AuditAction.TELL_EVENT, "event", 1));
    try (WebFixture other = WebFixture.start()) {
      Path heads = other.home.resolve("audit/heads.jsonl");
      WebFixture.await("a head is signed", () -> Files.exists(heads));
      Path key = other.home.resolve("secrets/audit-anchor.pem");
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
      JsonNode verdict = verdict(other);
      assertTrue(verdict.path("whole").asBoolean(), verdict.toString());
      assertEquals(1, verdict.path("signedHeads").asInt());

      String forged = Files.readString(heads).replace("\"sequence\":", "\"sequence\":1");
      Files.writeString(heads, forged, StandardOpenOption.APPEND);

      JsonNode doubted = verdict(other);
      assertFalse(doubted.path("whole").asBoolean());
      assertTrue(
          doubted.path("faults").get(0).asText().contains("not signed by this system's key"));
    }
  }

  @Test
  void shouldGoOnBehindAHeadThatWasOnlyHalfWritten() throws IOException {
    WebFixture first = WebFixture.start();
    web.store.audit().record(by("engineer").did(AuditAction.TELL_EVENT, "event", 3));
    first.close();
    Path heads = first.home.resolve("audit/heads.jsonl");
    String whole = Files.readString(heads);
    Files.writeString(heads, whole.substring(0, 70), StandardOpenOption.APPEND);
    web.store.audit().record(by("engineer").did(AuditAction.TELL_EVENT, "event", 4));

    try (WebFixture second = WebFixture.in(first.home)) {
      WebFixture.await(
          "the next head is signed",
          () -> verdict(second).path("signedHeads").asInt() > whole.lines().count());
      assertTrue(verdict(second).path("whole").asBoolean(), verdict(second)::toString);
      assertTrue(Files.readString(heads).startsWith(whole + "{"));
    }
  }

  @Test
  void shouldReadTheWholeChainOnceForThoseWhoAskTogether() {
    String first = verdict(web).path("readAt").asText();
    assertFalse(first.isEmpty());
    web.store.audit().record(by("engineer").did(AuditAction.TELL_EVENT, "event", 5));
    JsonNode second = verdict(web);
    assertTrue(second.path("readAt").asText().compareTo(first) > 0, "the chain has moved");
    assertTrue(
        IntStream.range(0, 5)
            .parallel()
            .mapToObj(i -> verdict(web))
            .anyMatch(again -> again.path("readAt").equals(second.path("readAt"))));
  }

  private static JsonNode verdict(WebFixture web) {
    return web.client("engineer").get("/api/v1/audit/verification").json();
  }

  @Test
  void shouldSignTheEndAsTheProcessEnds() {
    WebFixture other = WebFixture.start();
    web.store.audit().record(by("engineer").did(AuditAction.TELL_EVENT, "event", 2));
    AuditHead head = web.store.audit().head();
    other.close();

    WebFixture.await(
        "the last head is signed",
        () -> {
          try {
            return Files.readAllLines(other.home.resolve("audit/heads.jsonl")).stream()
                .map(line -> Json.read(line, JsonNode.class).path("sequence").asLong())
                .anyMatch(sequence -> sequence >= head.sequence());
          } catch (IOException e) {
            return false;
          }
        });
  }

  @Test
  void shouldShowChangesOnAPage() {
    String pool = WebFixture.freshName("shown");
    engineer.method("PUT", "/api/v1/pools/" + pool, "{\"slots\": 3}");
    Http browser = web.signedIn("engineer");

    String page = browser.get("/audit?entity=pool&entityId=" + pool).body();
    assertTrue(page.contains("<b>resize pool</b>"), page);
    assertTrue(page.contains("pool " + pool));
    assertTrue(page.contains("<span class=\"dim\">slots</span>"), page);
    assertTrue(page.contains("api · 127.0.0.1"));
    String person = WebFixture.freshName("audited");
    assertEquals(
        201,
        web.client("admin")
            .post("/api/v1/people", "{\"name\":\"%s\",\"role\":\"viewer\"}".formatted(person))
            .status());
    assertTrue(
        browser
            .get("/audit?entity=person&entityId=" + person)
            .body()
            .contains("href=\"/settings/people/" + person + "\""));
    assertTrue(browser.get("/audit?verify=yes").body().contains("Nothing was altered"));
    assertTrue(browser.get("/audit?actor=nobody").body().contains("No such change."));
    assertTrue(browser.get("/").body().contains("href=\"/audit\""));
    assertEquals(403, web.client("viewer").get("/api/v1/audit").status());
  }
}
