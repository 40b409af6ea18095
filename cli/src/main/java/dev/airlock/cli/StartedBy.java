package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** What started a run, in words: "anna", "schedule", "backfill 3", "webhook new-prices". */
final class StartedBy {

  private StartedBy() {}

  static String words(JsonNode run) {
    JsonNode trigger = run.path("trigger");
    String word = run.path("triggeredBy").asText();
    return switch (word) {
      case "engineer" -> run.path("requestedBy").asText(word);
      case "monitor" -> "monitor " + trigger.path("monitor").asText();
      case "dataset" -> "new data";
      case "webhook" -> "webhook " + trigger.path("webhook").asText();
      case "backfill" -> "backfill " + trigger.path("backfill").asText();
      case "code" -> "version " + trigger.path("version").asText();
      default -> word;
    };
  }
}
