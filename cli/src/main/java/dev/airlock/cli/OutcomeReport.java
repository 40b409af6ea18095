package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What came true, and how the predictions look beside it.
 *
 * @param sent what became of the outcomes that the shop sent when they were known
 * @param tooEarly how many it had sent before, and got back
 * @param refusal what one of those was told
 * @param windows measured ones of matured labels, oldest first
 */
record OutcomeReport(FeedbackTally sent, long tooEarly, String refusal, List<JsonNode> windows) {

  OutcomeReport {
    windows = List.copyOf(windows);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("What came true: " + sent.words());
    lines.add("  %,d had been sent too early, and were refused: %s".formatted(tooEarly, refusal));
    lines.add(
        "  %-10s%10s%13s%20s%8s  %s"
            .formatted("", "labels", "Brier skill", "predicted/observed", "AUC", "95 % interval"));
    windows.forEach(window -> lines.add(line(window)));
    return lines;
  }

  private static String line(JsonNode window) {
    String month = DriftReport.month(window.path("opens"));
    if (!window.path("sufficient").asBoolean()) {
      return "  %-10s%,10d  insufficient data, which is no pass"
          .formatted(month, window.path("rows").asLong());
    }
    JsonNode figures = window.path("figures");
    JsonNode interval = detail(window).path("intervals").path("auc");
    return "  %-10s%,10d%13.3f%20.3f%8.3f  %.3f to %.3f"
        .formatted(
            month,
            window.path("rows").asLong(),
            figures.path("brier_skill").asDouble(),
            figures.path("predicted_over_observed").asDouble(),
            figures.path("auc").asDouble(),
            interval.path(0).asDouble(),
            interval.path(1).asDouble());
  }

  private static JsonNode detail(JsonNode window) {
    JsonNode detail = window.path("detail");
    return detail.isTextual() ? Api.parse(detail.asText()) : detail;
  }
}
