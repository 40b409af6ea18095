package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What a rule led to, and whether it was worth it.
 *
 * @param run the one that the rule started, to its end
 * @param evidence of the version that it registered; null where it got none
 */
record RetrainReport(JsonNode run, @Nullable JsonNode evidence) {

  private static final List<String> METRICS = List.of("auc", "brier", "log_loss");

  private JsonNode trigger() {
    return run.path("trigger");
  }

  /** The rule's condition, such as {@code brier_skill at most 0.05}; else its title. */
  private String rule() {
    JsonNode condition = trigger().path("condition");
    String figure = condition.path("metric").asText(condition.path("signal").asText());
    return figure.isEmpty()
        ? trigger().path("title").asText(trigger().path("rule").asText())
        : "%s %s %s"
            .formatted(
                figure.toLowerCase(Locale.ROOT),
                ListCommand.word(condition, "comparison").replace('-', ' '),
                MonitorLook.number(condition.path("bound").asDouble()));
  }

  /** As a person wants to read it. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    StringJoiner figures = new StringJoiner(", ");
    for (Map.Entry<String, JsonNode> figure : trigger().path("figures").properties()) {
      figures.add(figure.getKey() + " " + MonitorLook.number(figure.getValue().asDouble()));
    }
    lines.add(
        "Retrained as of %s by the rule %s (%s)"
            .formatted(run.path("logicalDate").asText().replaceFirst("T.*", ""), rule(), figures));
    if (evidence == null) {
      lines.add("  It came to no version: " + reason());
      return lines;
    }
    lines.add(
        "  trained on %s to %s, chosen on %s, judged on %s"
            .formatted(
                evidence.path("trainedOn").path(0).asText(),
                evidence.path("trainedOn").path(evidence.path("trainedOn").size() - 1).asText(),
                evidence.path("chosenOn").asText(),
                evidence.path("judgedOn").asText()));
    comparison(lines, evidence);
    return lines;
  }

  private String reason() {
    for (JsonNode stage : run.path("stages")) {
      if (stage.hasNonNull("error")) {
        return stage.path("name").asText() + ": " + RunView.reason(stage);
      }
    }
    return "it is " + ListCommand.word(run, "state");
  }

  private static void comparison(List<String> lines, JsonNode evidence) {
    lines.add(
        "  %-10s%10s%10s%14s  %s  on the same %,d customers"
            .formatted(
                "",
                "new",
                "v" + evidence.path("champion").path("version").asInt(),
                "difference",
                "95 % interval     ",
                evidence.path("holdoutRows").asLong()));
    for (String metric : METRICS) {
      PairedDifference each = PairedDifference.of(evidence, metric);
      lines.add(
          "  %-10s%10.4f%10.4f%+14.4f  %+.4f to %+.4f"
              .formatted(
                  PairedDifference.name(metric),
                  each.candidate(),
                  each.champion(),
                  each.difference(),
                  each.low(),
                  each.high()));
    }
    worth(PairedDifference.of(evidence, "brier"), PairedDifference.of(evidence, "auc"))
        .forEach(sentence -> lines.add("  " + sentence));
  }

  /** What retraining has gained, in honest sentences. */
  static List<String> worth(PairedDifference brier, PairedDifference auc) {
    if (!brier.isKnown()) {
      return List.of("Nobody knows whether retraining gained anything: the two were not compared.");
    }
    if (!brier.isBetter()) {
      return List.of(
          brier.isWorse()
              ? "Retraining made it worse, by more than chance explains."
              : "Retraining gained nothing that chance does not explain.");
    }
    String gain =
        "Retraining gained something: the Brier score is %.1f %% lower, more than chance explains."
            .formatted(100 * Math.abs(brier.difference()) / brier.champion());
    return auc.isBetter()
        ? List.of(gain)
        : List.of(
            gain,
            "It knows no better who will buy (AUC), only how likely: what it gained is calibration.");
  }

  /** The champion on the same rows, with the paired difference of the Brier score. */
  static @Nullable ObjectNode champion(JsonNode evidence) {
    if (!evidence.path("champion").isObject()) {
      return null;
    }
    JsonNode metrics = evidence.path("champion").path("metrics");
    PairedDifference brier = PairedDifference.of(evidence, "brier");
    ObjectNode json =
        Api.JSON
            .createObjectNode()
            .put("auc", metrics.path("auc").asDouble())
            .put("brier", metrics.path("brier").asDouble())
            .put("logLoss", metrics.path("log_loss").asDouble());
    if (brier.isKnown()) {
      json.put("difference", brier.difference());
      json.putArray("interval").add(brier.low()).add(brier.high());
    } else {
      json.putNull("difference").putNull("interval");
    }
    return json;
  }

  /** As programs want to read it. */
  ObjectNode json() {
    ObjectNode json = Api.JSON.createObjectNode().put("rule", rule());
    json.set("figures", trigger().path("figures"));
    return json;
  }
}
