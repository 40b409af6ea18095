package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.StringJoiner;

/** What a stage gave, in a few words. */
final class StageWords {

  private StageWords() {}

  static String of(JsonNode stage) {
    String error = stage.path("error").path("message").asText("");
    return error.isEmpty() ? output(stage.path("output")) : error;
  }

  private static String output(JsonNode output) {
    return switch (output.path("is").asText("")) {
      case "dataset" -> "%,d rows".formatted(output.path("rows").asLong());
      case "candidate" -> "on %,d rows".formatted(output.path("trainingRows").asLong());
      case "evaluation" ->
          output.path("chosen").path("stage").asText() + ": " + metrics(output.path("metrics"));
      case "model-version" -> version(output);
      case "approved" -> version(output.path("version")) + " by " + list(output.path("approvedBy"));
      case "deployment" -> version(output) + " is live";
      default -> "";
    };
  }

  private static String version(JsonNode output) {
    return output.path("model").asText() + " v" + output.path("version").asInt();
  }

  private static String metrics(JsonNode metrics) {
    StringJoiner words = new StringJoiner(", ");
    for (Map.Entry<String, JsonNode> metric : metrics.properties()) {
      words.add("%s %.3f".formatted(metric.getKey(), metric.getValue().asDouble()));
    }
    return words.toString();
  }

  private static String list(JsonNode items) {
    StringJoiner words = new StringJoiner(", ");
    items.forEach(item -> words.add(item.asText()));
    return words.toString();
  }
}
