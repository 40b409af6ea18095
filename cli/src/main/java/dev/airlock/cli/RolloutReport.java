package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * How a version took over, or was taken back.
 *
 * @param detail an answer of {@code GET /rollouts/ID}
 */
record RolloutReport(JsonNode detail) {

  private JsonNode rollout() {
    return detail.path("rollout");
  }

  private List<RolloutWords.Step> reached() {
    return RolloutWords.steps(detail).stream().filter(RolloutWords.Step::wasReached).toList();
  }

  /** As a person wants to read it. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Rollout of v%d, with v%d as the way back: %s"
            .formatted(
                rollout().path("version").asInt(),
                rollout().path("champion").asInt(),
                ListCommand.word(rollout(), "state")));
    for (RolloutWords.Step step : reached()) {
      lines.add(
          "  %3d %% of customers  %s".formatted(step.weight(), step.verdict()).stripTrailing());
      step.findings().forEach(finding -> lines.add("      " + finding));
    }
    String because = rollout().path("because").asText("");
    if (!because.isEmpty()) {
      lines.add("  because " + because);
    }
    return lines;
  }

  /** As programs want to read it. */
  ObjectNode json() {
    ObjectNode json =
        Api.JSON
            .createObjectNode()
            .put("version", rollout().path("version").asInt())
            .put("state", ListCommand.word(rollout(), "state"));
    ArrayNode steps = json.putArray("steps");
    for (RolloutWords.Step step : reached()) {
      ObjectNode one = steps.addObject().put("weight", step.weight());
      one.put("verdict", step.verdict().isEmpty() ? null : step.verdict());
      one.put("analyses", step.looks());
      ArrayNode findings = one.putArray("findings");
      step.findings().forEach(findings::add);
    }
    return json.put("reason", rollout().path("because").asText(""));
  }
}
