package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.workflows.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The evidence of a version, on its page, on the approval's, and as a card. */
final class EvidencePagesTest {

  private static final Path CARD = Path.of("src/test/resources/dev/airlock/web/card.md");

  private static WebFixture web;
  private static String name;
  private static Http viewer;
  private static Scene.Play open;
  private static String shown;

  @BeforeAll
  static void start() {
    web = WebFixture.start(0, false);
    name = WebFixture.freshName("evidence");
    web.scene.publish(name);
    web.scene.playToLive(web.scene.request(name));
    open = web.scene.playToApproval(web.scene.request(name));
    viewer = web.signedIn("viewer");
    shown = page("/models/" + name + "/versions/2");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static String page(String path) {
    Http.Answer answer = viewer.get(path);
    assertEquals(200, answer.status(), path + ": " + answer.body());
    assertFalse(answer.body().matches("(?s).*\\sstyle=.*"), path + " has an inline style");
    return answer.body();
  }

  @Test
  void shouldSayFirstWhatSpeaksAgainstTheVersion() {
    int against = shown.indexOf("What speaks against it");
    assertTrue(against > 0 && against < shown.indexOf("<table"), "before all figures");
    String list = shown.substring(against, shown.indexOf("</ul>", against));
    assertTrue(list.contains("PR-AUC is worse than v1's by 0.0040"), list);
    assertTrue(
        list.contains("Its errors cost 30.0 EUR a thousand rows more than those of v1"), list);
    assertTrue(list.contains("Where country is BR (2,000 rows), it is worse than v1"), list);
    assertTrue(list.contains("Where country is BR (2,000 rows), it does worse than elsewhere"));
    assertTrue(list.contains("log_frequency (PSI 0.262)"), list);
  }

  @Test
  void shouldShowHowSureEachMetricIs() {
    assertTrue(shown.contains("<span class=\"spread\">0.768 to 0.784</span>"), shown);
    assertTrue(shown.contains("23,570 rows drawn 1,000 times"), shown);
  }

  @Test
  void shouldDrawEachCurveOfBothAndGiveItAsATable() {
    for (String title : List.of("ROC", "Precision and recall", "Gain", "Calibration")) {
      int at = shown.indexOf("<h2>" + title + "</h2>");
      assertTrue(at > 0, title);
      String card = shown.substring(at, shown.indexOf("</section>", at));
      assertTrue(card.contains("class=\"c1\"") && card.contains("class=\"c2\""), title);
      assertTrue(card.contains("<summary>As a table</summary>"), title);
    }
  }

  @Test
  void shouldGiveTheSliderEveryThresholdAndReadersATable() {
    Matcher rows = Pattern.compile("data-cutoff=\"([^\"]*)\"").matcher(shown);
    assertTrue(rows.find());
    JsonNode thresholds = Json.read(rows.group(1).replace("&#34;", "\""), JsonNode.class);
    Matcher slider =
        Pattern.compile(
                "type=\"range\" id=\"threshold\" min=\"0\" max=\"(\\d+)\" .*value=\"(\\d+)\"")
            .matcher(shown);
    assertTrue(slider.find());
    assertEquals(thresholds.size() - 1, Integer.parseInt(slider.group(1)));
    JsonNode chosen = thresholds.get(Integer.parseInt(slider.group(2)));
    assertEquals(0.2, chosen.get(0).asDouble());
    assertEquals(9, chosen.size(), "threshold and four counts of each");
    assertTrue(shown.contains("data-costs=\"[2.0,8.0]\""));
    assertTrue(shown.contains("0.2 (chosen)"));
    assertTrue(shown.contains("data-slider hidden"), "no slider without a script");
    assertEquals(200, viewer.get(asset("cutoff.js")).status());
  }

  private static String asset(String file) {
    Matcher found = Pattern.compile("/assets/[0-9a-f]+/" + file).matcher(shown);
    assertTrue(found.find(), file);
    return found.group();
  }

  @Test
  void shouldMarkWeakPartsAndSayWhereRowsAreTooFew() {
    int brazil = shown.indexOf("class=\"part\">BR");
    String row = shown.substring(brazil, shown.indexOf("</tr>", brazil));
    assertTrue(row.contains("weak") && row.contains("worse than v1"), row);
    int malta = shown.indexOf("&lt;Malta &amp; \"Gozo\"&gt;|*");
    assertTrue(malta > 0, "escaped");
    assertTrue(shown.substring(malta, shown.indexOf("</tr>", malta)).contains("too few rows"));
  }

  @Test
  void shouldTellDriftChangesAndOrigin() {
    for (String words :
        List.of(
            "Drift against training",
            "What changed in the data since v1",
            "New columns",
            "the same version",
            "horizon-days",
            "What the features are worth")) {
      assertTrue(shown.contains(words), words);
    }
  }

  @Test
  void shouldTellWhatOfCodeAndParamsIsOtherThanInTheChampionsRun() {
    int at = shown.indexOf("What changed in code and params since v1");
    assertTrue(at > 0, shown);
    String card = shown.substring(at, shown.indexOf("</section>", at));
    assertTrue(card.contains("the same, version 1 of " + name), card);
    assertTrue(card.contains("90 → 60"), card);
    assertFalse(card.contains("orders"), "what is the same is left out");
    assertFalse(
        page("/models/" + name + "/versions/1").contains("What changed in code"),
        "the first has no champion");
  }

  @Test
  void shouldLeadFromTheQuestionToTheVersionItsHistoryAndCard() {
    String approval = page("/approvals/" + open.approvalId);
    assertTrue(
        approval.contains("<a href=\"/models/%s/versions/2\">v2, its history".formatted(name)));
  }

  @Test
  void shouldShowTheSameEvidenceWhereItIsDecided() {
    String approval = page("/approvals/" + open.approvalId);
    String evidence =
        shown.substring(shown.indexOf("<div class=\"verdict"), shown.indexOf("<aside"));
    assertEquals(
        evidence,
        approval.substring(approval.indexOf("<div class=\"verdict"), approval.indexOf("<aside")));
  }

  @Test
  void shouldTellAVersionsHistory() {
    String first = page("/models/" + name + "/versions/1");
    assertTrue(first.contains("went live"), first);
    assertTrue(first.contains("Calibration is what campaigns need"), "who let it in and why");
    assertTrue(first.contains("v2</a> came after it"), first);
    assertTrue(shown.contains("It has never been live."));
    assertEquals(404, viewer.get("/models/" + name + "/versions/9").status());
    assertEquals(404, viewer.get("/models/" + name + "/versions/-4294967295").status());
    assertEquals(400, viewer.get("/models/" + name + "/versions/x").status());
  }

  @Test
  void shouldWriteTheCardInMarkdown() {
    Http.Answer card = viewer.get("/models/" + name + "/versions/2/card.md");
    assertEquals(200, card.status());
    String text = nameless(card.body());
    if ("write".equals(System.getProperty("airlock.golden"))) {
      write(text);
    }
    assertEquals(read(), text);
    assertTrue(text.contains("\\<Malta \\& \"Gozo\"\\>\\|\\*"), "no value is markup");
  }

  /** Names, numbers and times that differ from test to test. */
  private static String nameless(String card) {
    return card.replace(name, "MODEL")
        .replaceAll("[0-9a-f]{64}", "DIGEST")
        .replaceAll("\\d+ \\w{3} \\d{4} [\\d:]{8} UTC", "TIME")
        .replaceAll("\\| Run \\| \\d+ \\|", "| Run | N |")
        .replaceAll("@ …\\d+", "@ SNAPSHOT")
        .replaceAll("Approval \\d+", "Approval N");
  }

  @Test
  void shouldGiveTheCardToPrograms() {
    Http.Answer answer =
        web.client("viewer").get("/api/v1/models/" + name + "/versions/2/card.json");
    assertEquals(200, answer.status());
    JsonNode card = Json.read(answer.body(), JsonNode.class);
    assertEquals(1, card.path("card").asInt());
    assertEquals(2, card.path("version").asInt());
    assertEquals("open", card.path("approval").path("state").asText());
    assertTrue(card.path("against").get(0).asText().startsWith("PR-AUC is worse"));
    assertEquals(0.2, card.path("evidence").path("cutoff").path("threshold").asDouble());
    assertEquals(open.registered().evidenceDigest(), card.path("evidenceDigest").asText());
  }

  private static String read() {
    try {
      return Files.readString(CARD);
    } catch (IOException e) {
      throw new UncheckedIOException(
          CARD + " can't be read: write it with -Dairlock.golden=write", e);
    }
  }

  private static void write(String text) {
    try {
      Files.createDirectories(CARD.getParent());
      Files.writeString(CARD, text);
    } catch (IOException e) {
      throw new UncheckedIOException(CARD + " can't be written", e);
    }
  }
}
