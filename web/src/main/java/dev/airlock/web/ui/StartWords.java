package dev.airlock.web.ui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.airlock.store.Run;
import dev.airlock.workflows.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What started a run, in words, and what it waits for.
 *
 * @param by "the schedule", "backfill 3", or a person
 * @param sentence more about it; may be empty
 * @param link to what started it, or null
 * @param queuedBecause why it has not started; empty where nothing holds it
 */
public record StartWords(String by, Timed sentence, @Nullable String link, String queuedBecause) {

  static StartWords of(Run run, String queuedBecause) {
    JsonNode detail = detail(run);
    return new StartWords(by(run), sentence(run, detail), link(run, detail), queuedBecause);
  }

  private static JsonNode detail(Run run) {
    String json = run.triggerDetail();
    return json == null ? MissingNode.getInstance() : Json.read(json, JsonNode.class);
  }

  /** Whoever or whatever started it: "anna", "the schedule", "webhook new-prices". */
  static String by(Run run) {
    JsonNode detail = detail(run);
    return switch (run.triggeredBy()) {
      case "engineer", "resume" -> run.requestedBy();
      case "schedule" -> "the schedule";
      case "monitor" -> "monitor " + detail.path("monitor").asText();
      case "dataset" -> "new data";
      case "webhook" -> "webhook " + detail.path("webhook").asText();
      case "backfill" -> "backfill " + detail.path("backfill").asText();
      case "code" -> "its new version";
      default -> run.triggeredBy();
    };
  }

  private static Timed sentence(Run run, JsonNode detail) {
    return run.triggeredBy().equals("schedule") && !detail.path("scheduledFor").isMissingNode()
        ? Timed.moment(
            "It was scheduled for ",
            Instant.parse(detail.path("scheduledFor").asText()),
            ", and counts as asked for by %s, as whose its version was published."
                .formatted(run.requestedBy()))
        : Timed.plain(words(run, detail));
  }

  private static String words(Run run, JsonNode detail) {
    return switch (run.triggeredBy()) {
      case "dataset" -> "There are new versions of %s.".formatted(versions(detail));
      case "webhook" ->
          "Another system called, delivery %s.".formatted(detail.path("delivery").asText());
      case "backfill" -> "%s asked for the backfill.".formatted(run.requestedBy());
      case "code" ->
          "%s published version %s."
              .formatted(detail.path("publishedBy").asText(), detail.path("version").asText());
      default -> "";
    };
  }

  private static String versions(JsonNode detail) {
    List<String> versions = new ArrayList<>();
    for (JsonNode version : detail.path("versions")) {
      versions.add(
          "%s (run %s)".formatted(version.path("dataset").asText(), version.path("run").asText()));
    }
    return String.join(" and ", versions);
  }

  private static @Nullable String link(Run run, JsonNode detail) {
    return run.triggeredBy().equals("backfill")
        ? "/backfills/" + detail.path("backfill").asText()
        : null;
  }
}
