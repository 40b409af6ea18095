package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.DryRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A dry run on the terminal. */
final class DryRunReport {

  private DryRunReport() {}

  /** What REST answers, as lines. */
  static List<String> lines(JsonNode told) {
    List<String> lines = new ArrayList<>();
    told.path("params")
        .properties()
        .forEach(param -> lines.add("with " + param.getKey() + " = " + param.getValue().asText()));
    for (JsonNode step : told.path("steps")) {
      List<String> after = new ArrayList<>();
      step.path("after").forEach(name -> after.add(name.asText()));
      lines.addAll(
          lines(
              step.path("wave").asInt(),
              step.path("stage").asText(),
              step.path("does").asText(),
              after,
              step.path("only").asText(),
              step.path("attempts").asInt(),
              Duration.parse(step.path("timeout").asText())));
    }
    return lines;
  }

  /** What a graph itself says, as lines. */
  static List<String> lines(DryRun told) {
    return told.steps().stream()
        .flatMap(
            step ->
                lines(
                    step.wave(),
                    step.stage(),
                    step.does(),
                    step.after(),
                    step.only(),
                    step.attempts(),
                    step.timeout())
                    .stream())
        .toList();
  }

  private static List<String> lines(
      int wave,
      String stage,
      String does,
      List<String> after,
      String only,
      int attempts,
      Duration timeout) {
    List<String> lines = new ArrayList<>();
    lines.add("%3d. %s %s.".formatted(wave, stage, does));
    String waits = after.isEmpty() ? "At once" : "After " + String.join(", ", after);
    String tries =
        attempts == 1
            ? "at most " + DryRun.words(timeout)
            : "up to %d attempts of at most %s".formatted(attempts, DryRun.words(timeout));
    lines.add("     %s%s; %s.".formatted(waits, only.isEmpty() ? "" : ", " + only, tries));
    return lines;
  }
}
