package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of the demo.
 *
 * @param run of the pipeline, to its end
 * @param version the live one, with its evidence
 * @param sent what the traffic's task gave
 * @param seconds from the command's start
 */
record DemoSummary(
    URI url, JsonNode run, JsonNode version, JsonNode sent, boolean isInMemory, double seconds) {

  private static final String MODEL = DemoStory.PIPELINE;

  /**
   * As a person wants to read it.
   *
   * @param isKept whether the system outlives the demo
   */
  List<String> lines(boolean isKept) {
    List<String> lines = new ArrayList<>(List.of("", "What happened"));
    steps(lines);
    metrics(lines);
    predictions(lines);
    urls(lines, isKept);
    return lines;
  }

  private void steps(List<String> lines) {
    for (JsonNode stage : run.path("stages")) {
      lines.add(
          "  %-12s %7.1f s  %s"
              .formatted(
                  stage.path("name").asText(),
                  RunView.seconds(stage).orElse(0.0),
                  StageWords.of(stage))
              .stripTrailing());
    }
    lines.add("  %-12s %7.1f s".formatted("everything", seconds));
  }

  private void metrics(List<String> lines) {
    JsonNode evidence = evidence();
    lines.add("");
    lines.add(
        "%s v%d, trained on %s, chosen on %s by %s, judged on %s (%,d customers)"
            .formatted(
                MODEL,
                version.path("version").asInt(),
                joined(evidence.path("trainedOn")),
                evidence.path("chosenOn").asText(),
                evidence.path("chosenBy").asText(),
                evidence.path("judgedOn").asText(),
                evidence.path("holdoutRows").asLong()));
    lines.add("  %-22s %6s  %s".formatted("", "model", "beside it"));
    lines.add(
        "  %-22s %6.3f  %.3f by %s alone"
            .formatted(
                "AUC",
                metric("auc"),
                evidence.path("baseline").path("auc").asDouble(),
                evidence.path("baseline").path("feature").asText()));
    lines.add(
        "  %-22s %6.3f  %.3f is the base rate"
            .formatted("PR-AUC", metric("pr_auc"), evidence.path("baseRate").asDouble()));
    double baseRate = evidence.path("baseRate").asDouble();
    lines.add(besideBaseRate("log loss", metric("log_loss"), entropy(baseRate)));
    lines.add(besideBaseRate("Brier", metric("brier"), baseRate * (1 - baseRate)));
    lines.add(
        "  %-22s %6.3f  0 is the base rate's".formatted("Brier skill", metric("brier_skill")));
  }

  private static String besideBaseRate(String name, double value, double baseline) {
    return "  %-22s %6.3f  %.3f by always saying the base rate".formatted(name, value, baseline);
  }

  /** The log loss, in nats, of always saying the rate itself: -(p ln p + (1-p) ln(1-p)). */
  private static double entropy(double rate) {
    return rate <= 0 || rate >= 1 ? 0 : -(rate * Math.log(rate) + (1 - rate) * Math.log(1 - rate));
  }

  private void predictions(List<String> lines) {
    lines.add("");
    lines.add("%,d predictions through the gateway".formatted(predictions()));
    for (JsonNode month : sent.path("monthEnds")) {
      lines.add(
          "  as of %s  %,7d customers, %.1f %% expected to buy within 90 days"
              .formatted(
                  month.path("asOf").asText(),
                  month.path("predictions").asLong(),
                  100 * month.path("meanScore").asDouble()));
    }
  }

  private void urls(List<String> lines, boolean isKept) {
    lines.add("");
    lines.add("  the run     " + url.resolve("/runs/" + run.path("id").asLong()));
    lines.add("  the model   " + url.resolve("/models/" + MODEL));
    if (!isKept) {
      lines.add("  These pages live as long as the demo: ./airlock demo --keep leaves it running.");
    }
    if (isInMemory) {
      lines.add("  Temporal ran in memory: none of these runs would survive a restart.");
    }
  }

  /** As programs want to read it. */
  JsonNode json() {
    ObjectNode json = Api.JSON.createObjectNode().put("pipeline", DemoStory.PIPELINE);
    json.putArray("runs")
        .addObject()
        .put("id", run.path("id").asLong())
        .put("state", ListCommand.word(run, "state"))
        .put("trigger", run.path("triggeredBy").asText())
        .put("seconds", RunView.seconds(run).orElse(0.0));
    json.put("model", MODEL);
    ObjectNode live = json.putArray("versions").addObject();
    live.put("version", version.path("version").asInt());
    live.put("alias", version.path("alias").asText());
    live.set("trainedOn", evidence().path("trainedOn"));
    live.put("judgedOn", evidence().path("judgedOn").asText());
    live.put("auc", metric("auc"));
    live.put("prAuc", metric("pr_auc"));
    live.put("brier", metric("brier"));
    live.put("logLoss", metric("log_loss"));
    live.put("baseRate", evidence().path("baseRate").asDouble());
    live.put("baselineAuc", evidence().path("baseline").path("auc").asDouble());
    return json.put("predictions", predictions()).put("seconds", seconds);
  }

  private JsonNode evidence() {
    return version.path("evidence");
  }

  private double metric(String name) {
    return evidence().path("metrics").path(name).asDouble();
  }

  private long predictions() {
    return sent.path("predictions").asLong();
  }

  private static String joined(JsonNode dates) {
    List<String> texts = new ArrayList<>();
    dates.forEach(date -> texts.add(date.asText()));
    return String.join(" and ", texts);
  }
}
