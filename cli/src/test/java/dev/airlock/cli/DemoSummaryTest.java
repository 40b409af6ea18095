package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DemoSummaryTest {

  private static final String VERSION =
      """
      {"version":1,"alias":null,"evidence":{"baseRate":%s,"metrics":{"log_loss":0.4,"brier":0.1}}}
      """;
  private static final String SECOND =
      """
      {"version":2,"alias":"live","evidence":{"baseRate":0.1,"holdoutRows":900,
       "metrics":{"auc":0.8,"log_loss":0.3,"brier":0.0893},
       "champion":{"version":1,"metrics":{"auc":0.79,"log_loss":0.31,"brier":0.0903},
        "differences":{"auc":{"difference":0.01,"low":-0.01,"high":0.03},
         "brier":{"difference":-0.001,"low":-0.0015,"high":-0.0005},
         "log_loss":{"difference":-0.01,"low":-0.02,"high":0.001}}}}}
      """;
  private static final String DRIFT =
      """
      {"version":1,"window":{"opens":"1998-03-01T00:00:00Z"},"score":{"psi":0.05},
       "features":{"log_recency":{"psi":1.25,"bins":10,"epsilon":1.0E-4,"ks":0.5}}}
      """;
  private static final String RETRAIN =
      """
      {"id":3,"state":"SUCCEEDED","triggeredBy":"monitor","logicalDate":"1998-06-30T00:00:00Z",
       "startedAt":"2026-01-01T00:00:00Z","endedAt":"2026-01-01T00:00:30Z",
       "trigger":{"kind":"monitor","monitor":"watch","rule":1,"title":"…","figures":{"brier_skill":0.03},
        "condition":{"of":"metric","metric":"BRIER_SKILL","comparison":"AT_MOST","bound":0.05}}}
      """;
  private static final String ROLLOUT =
      """
      {"rollout":{"version":3,"champion":2,"state":"ROLLED_BACK","because":"score_shift is 0.9",
        "steps":[{"weight":5},{"weight":100}]},
       "shifts":[{"step":0,"weight":5},{"step":0,"weight":0}],
       "looks":[{"step":0,"verdict":"inconclusive","findings":[{"detail":"12 rows"}]},
        {"step":0,"verdict":"FAILURE","findings":[{"detail":"score_shift is 0.9"}]}]}
      """;
  private static final String ALERT =
      """
      {"id":5,"title":"Drift","consequence":"open-ticket","state":"open",
       "openedAsOf":"1998-04-01T00:00:00Z","figures":{"psi":1.25}}
      """;
  private static final String WINDOW =
      """
      {"opens":"1998-01-01T00:00:00Z","sufficient":%s,"rows":23570,
       "figures":{"brier_skill":0.123,"predicted_over_observed":1.1,"auc":0.8},
       "detail":{"intervals":{"auc":[0.79,0.81]}}}
      """;

  private static DemoSummary summary(String baseRate, boolean isSufficient) {
    return new DemoSummary(
        URI.create("http://127.0.0.1:1"),
        Api.parse("{}"),
        List.of(Api.parse(RETRAIN)),
        List.of(Api.parse(VERSION.formatted(baseRate)), Api.parse(SECOND)),
        Api.parse("{\"predictions\":70710}"),
        new DriftReport(List.of(Api.parse(DRIFT))),
        new OutcomeReport(
            new FeedbackTally(),
            100,
            "line 1: too early",
            List.of(Api.parse(WINDOW.formatted(isSufficient)))),
        new RetrainReport(Api.parse(RETRAIN), Api.parse(SECOND).path("evidence")),
        List.of(new RolloutReport(Api.parse(ROLLOUT))),
        List.of(Api.parse(ALERT)),
        new Chapters(System.nanoTime()),
        false);
  }

  private static List<String> lines(String baseRate, boolean isKept) {
    return summary(baseRate, true).lines(isKept);
  }

  private static String beside(String metric, List<String> lines) {
    String line =
        lines.stream().filter(each -> each.strip().startsWith(metric + " ")).findFirst().orElse("");
    return line.replaceAll(" +", " ").strip();
  }

  @Test
  void shouldPutWhatTheBaseRateAloneWouldScoreBesideTheModel() {
    List<String> lines = lines("0.25", true);
    assertEquals("log loss 0.400 0.562 by always saying the base rate", beside("log loss", lines));
    assertEquals("Brier 0.100 0.188 by always saying the base rate", beside("Brier", lines));
    assertEquals(
        "log loss 0.400 0.000 by always saying the base rate",
        beside("log loss", lines("0", true)));
  }

  @Test
  void shouldSayThatThePagesEndOnlyWhenTheyDo() {
    assertTrue(lines("0.2", false).stream().anyMatch(line -> line.contains("--keep")));
    assertTrue(lines("0.2", true).stream().noneMatch(line -> line.contains("--keep")));
  }

  @Test
  void shouldTellTheLoopToPeople() {
    String text = String.join("\n", lines("0.2", true));
    assertTrue(text.contains("It is no reason to retrain"), text);
    assertTrue(text.contains("Retrained as of 1998-06-30 by the rule brier_skill at most 0.050"));
    assertTrue(text.contains("the Brier score is 1.1 % lower, more than chance explains"), text);
    assertTrue(text.contains("Rollout of v3, with v2 as the way back: rolled-back"), text);
    assertTrue(text.contains("5 % of customers  failure\n      score_shift is 0.9"), text);
    assertTrue(text.contains("because score_shift is 0.9"), text);
    assertEquals(
        "Jan 1998 23,570 0.123 1.100 0.800 0.790 to 0.810", beside("Jan", lines("0", true)));
    assertTrue(
        summary("0.2", false).lines(true).stream()
            .anyMatch(line -> line.contains("insufficient data")));
  }

  @Test
  void shouldTellTheLoopToPrograms() {
    JsonNode json = summary("0.2", true).json();
    JsonNode first = json.path("versions").path(0);
    assertTrue(first.path("championOnSameRows").isNull(), json::toString);
    assertTrue(first.path("alias").isNull(), json::toString);
    assertEquals(
        Api.parse(
            """
            {"auc":0.79,"brier":0.0903,"logLoss":0.31,"difference":-0.001,"interval":[-0.0015,-0.0005]}
            """),
        json.path("versions").path(1).path("championOnSameRows"));
    assertEquals(
        Api.parse("{\"log_recency\":{\"psi\":1.25,\"bins\":10,\"epsilon\":1.0E-4}}"),
        Api.parse(json.path("drift").toString()));
    assertEquals(
        Api.parse("{\"rule\":\"brier_skill at most 0.050\",\"figures\":{\"brier_skill\":0.03}}"),
        json.path("retrain"));
    JsonNode rollout = json.path("rollouts").path(0);
    assertEquals("rolled-back", rollout.path("state").asText());
    assertEquals("score_shift is 0.9", rollout.path("reason").asText());
    assertEquals(1, rollout.path("steps").size());
    assertEquals("failure", rollout.path("steps").path(0).path("verdict").asText());
    assertEquals(2, rollout.path("steps").path(0).path("analyses").asInt());
    assertEquals("monitor watch", json.path("runs").path(0).path("trigger").asText());
    assertEquals("succeeded", json.path("runs").path(0).path("state").asText());
    assertEquals(30.0, json.path("runs").path(0).path("seconds").asDouble());
    assertEquals(70_710, json.path("predictions").asLong());
    assertEquals("Drift", json.path("alerts").path(0).path("title").asText());
  }

  @Test
  void shouldSayHonestlyWhetherRetrainingGainedAnything() {
    assertTrue(worth(-0.001, -0.0015, -0.0005).contains("gained something"));
    assertTrue(worth(-0.001, -0.002, 0.0005).contains("gained nothing"));
    assertTrue(worth(0.001, 0.0005, 0.002).contains("made it worse"));
    assertTrue(worth(PairedDifference.of(Api.parse("{}"), "brier")).contains("Nobody knows"));
  }

  @Test
  void shouldSayThatNobodyIsKnownBetterWhenOnlyTheirNumberIs() {
    PairedDifference brier = new PairedDifference("brier", true, 0.09, 0.1, -0.01, -0.02, -0.005);
    PairedDifference auc = new PairedDifference("auc", true, 0.83, 0.83, 0.001, -0.01, 0.02);
    PairedDifference better = new PairedDifference("auc", true, 0.85, 0.83, 0.02, 0.01, 0.03);
    assertEquals(2, RetrainReport.worth(brier, auc).size());
    assertEquals(1, RetrainReport.worth(brier, better).size());
  }

  private static String worth(double difference, double low, double high) {
    return worth(new PairedDifference("brier", true, 0.09, 0.09, difference, low, high));
  }

  private static String worth(PairedDifference brier) {
    PairedDifference auc = PairedDifference.of(Api.parse("{}"), "auc");
    return String.join("\n", RetrainReport.worth(brier, auc));
  }

  @Test
  void shouldSayWhyARetrainCameToNoVersion() {
    JsonNode run =
        Api.parse(
            """
            {"state":"failed","logicalDate":"1998-06-30T00:00:00Z",
             "trigger":{"title":"The model is 273 days old","figures":{"age_days":273}},
             "stages":[{"name":"judge","error":{"message":"auc is 0.6, at least 0.7","details":[]}}]}
            """);
    List<String> lines = new RetrainReport(run, null).lines();
    assertTrue(lines.get(0).contains("The model is 273 days old (age_days 273)"), lines::toString);
    assertTrue(lines.get(1).contains("judge: auc is 0.6, at least 0.7"), lines::toString);
  }
}
