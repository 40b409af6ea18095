package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of the demo.
 *
 * @param run of the pipeline that made the first version, to its end
 * @param runs all there were, oldest first
 * @param versions all of the model, with their evidence, oldest first
 * @param sent what the task of the first traffic gave
 * @param alerts oldest first
 */
record DemoSummary(
    URI url,
    JsonNode run,
    List<JsonNode> runs,
    List<JsonNode> versions,
    JsonNode sent,
    DriftReport drift,
    OutcomeReport outcomes,
    RetrainReport retrain,
    List<RolloutReport> rollouts,
    List<JsonNode> alerts,
    Chapters chapters,
    boolean isInMemory) {

  private static final String MODEL = DemoStory.PIPELINE;

  DemoSummary {
    runs = List.copyOf(runs);
    versions = List.copyOf(versions);
    rollouts = List.copyOf(rollouts);
    alerts = List.copyOf(alerts);
  }

  /**
   * As a person wants to read it.
   *
   * @param isKept whether the system outlives the demo
   */
  List<String> lines(boolean isKept) {
    List<String> lines = new ArrayList<>(List.of("", "What happened"));
    steps(lines);
    metrics(lines, versions.get(0));
    predictions(lines);
    section(lines, drift.lines());
    section(lines, outcomes.lines());
    section(lines, retrain.lines());
    rollouts.forEach(rollout -> section(lines, rollout.lines()));
    section(lines, alertLines());
    section(lines, time());
    urls(lines, isKept);
    return lines;
  }

  private static void section(List<String> lines, List<String> section) {
    lines.add("");
    lines.addAll(section);
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
  }

  private List<String> time() {
    List<String> lines = new ArrayList<>(List.of("Where the time went"));
    lines.addAll(chapters.lines());
    lines.add("  %-44s %7.1f s".formatted("everything", chapters.seconds()));
    return lines;
  }

  private List<String> alertLines() {
    List<String> lines = new ArrayList<>(List.of("Alerts"));
    for (JsonNode alert : alerts) {
      lines.add(
          "  as of %s  %-12s %-13s %s"
              .formatted(
                  alert.path("openedAsOf").asText().replaceFirst("T.*", ""),
                  ListCommand.word(alert, "consequence"),
                  ListCommand.word(alert, "state"),
                  alert.path("title").asText()));
    }
    return lines;
  }

  private static void metrics(List<String> lines, JsonNode version) {
    JsonNode evidence = version.path("evidence");
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
                metric(evidence, "auc"),
                evidence.path("baseline").path("auc").asDouble(),
                evidence.path("baseline").path("feature").asText()));
    double baseRate = evidence.path("baseRate").asDouble();
    lines.add(
        "  %-22s %6.3f  %.3f is the base rate"
            .formatted("PR-AUC", metric(evidence, "pr_auc"), baseRate));
    lines.add(besideBaseRate("log loss", metric(evidence, "log_loss"), entropy(baseRate)));
    lines.add(besideBaseRate("Brier", metric(evidence, "brier"), baseRate * (1 - baseRate)));
    lines.add(
        "  %-22s %6.3f  0 is the base rate's"
            .formatted("Brier skill", metric(evidence, "brier_skill")));
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
    lines.add("  the alerts  " + url.resolve("/alerts"));
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
    ArrayNode allRuns = json.putArray("runs");
    runs.forEach(each -> allRuns.add(json(each)));
    json.put("model", MODEL);
    ArrayNode allVersions = json.putArray("versions");
    versions.forEach(each -> allVersions.add(version(each)));
    json.put("predictions", predictions());
    json.set("drift", drift.json());
    ArrayNode allAlerts = json.putArray("alerts");
    alerts.forEach(each -> allAlerts.add(alert(each)));
    json.set("retrain", retrain.json());
    ArrayNode allRollouts = json.putArray("rollouts");
    rollouts.forEach(each -> allRollouts.add(each.json()));
    return json.put("seconds", chapters.seconds());
  }

  private static ObjectNode json(JsonNode run) {
    return Api.JSON
        .createObjectNode()
        .put("id", run.path("id").asLong())
        .put("state", ListCommand.word(run, "state"))
        .put("trigger", StartedBy.words(run))
        .put("seconds", RunView.seconds(run).orElse(0.0));
  }

  private static ObjectNode version(JsonNode version) {
    JsonNode evidence = version.path("evidence");
    ObjectNode json = Api.JSON.createObjectNode().put("version", version.path("version").asInt());
    json.set("alias", version.path("alias"));
    json.set("trainedOn", evidence.path("trainedOn"));
    json.put("judgedOn", evidence.path("judgedOn").asText());
    json.put("auc", metric(evidence, "auc"));
    json.put("prAuc", metric(evidence, "pr_auc"));
    json.put("brier", metric(evidence, "brier"));
    json.put("logLoss", metric(evidence, "log_loss"));
    json.put("baseRate", evidence.path("baseRate").asDouble());
    json.put("baselineAuc", evidence.path("baseline").path("auc").asDouble());
    json.set("championOnSameRows", RetrainReport.champion(evidence));
    return json;
  }

  private static ObjectNode alert(JsonNode alert) {
    ObjectNode json =
        Api.JSON
            .createObjectNode()
            .put("id", alert.path("id").asLong())
            .put("title", alert.path("title").asText())
            .put("consequence", ListCommand.word(alert, "consequence"))
            .put("state", ListCommand.word(alert, "state"))
            .put("asOf", alert.path("openedAsOf").asText());
    json.set("figures", alert.path("figures"));
    return json;
  }

  private static double metric(JsonNode evidence, String name) {
    return evidence.path("metrics").path(name).asDouble();
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
