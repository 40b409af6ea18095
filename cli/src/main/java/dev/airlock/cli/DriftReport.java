package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How far the features have moved from the training rows, month by month.
 *
 * @param months answers of {@code GET /drift}, oldest first, at least one
 */
record DriftReport(List<JsonNode> months) {

  private static final DateTimeFormatter MONTH =
      DateTimeFormatter.ofPattern("MMM uuuu", Locale.ENGLISH);

  DriftReport {
    months = List.copyOf(months);
  }

  private JsonNode newest() {
    return months.get(months.size() - 1);
  }

  /** The month that a window is of. */
  static String month(JsonNode opens) {
    return MONTH.format(LocalDate.parse(opens.asText().substring(0, 10)));
  }

  /** As a person wants to read it. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Drift of v%d's features from its training rows: PSI over at most %d bins, epsilon %s"
            .formatted(newest().path("version").asInt(), bins(), epsilon()));
    StringBuilder heading = new StringBuilder("  %-22s".formatted(""));
    months.forEach(
        month -> heading.append("%10s".formatted(month(month.path("window").path("opens")))));
    lines.add(heading.toString());
    for (Map.Entry<String, JsonNode> feature : newest().path("features").properties()) {
      lines.add(line(feature.getKey(), "/features/" + feature.getKey()));
    }
    lines.add(line("the scores", "/score"));
    lines.add(
        "  Every customer of this file came in early 1997 and none after: they grow older together, and the days since their last");
    lines.add(
        "  order with them. That is news, and opens a ticket. It is no reason to retrain; what came true of the predictions may be one.");
    return lines;
  }

  private int bins() {
    int most = 0;
    for (JsonNode feature : newest().path("features")) {
      most = Math.max(most, feature.path("bins").asInt());
    }
    return most;
  }

  private String epsilon() {
    for (JsonNode feature : newest().path("features")) {
      return feature.path("epsilon").asText();
    }
    return "unknown";
  }

  private String line(String name, String pointer) {
    StringBuilder line = new StringBuilder("  %-22s".formatted(name));
    for (JsonNode month : months) {
      line.append("%10.3f".formatted(month.at(pointer).path("psi").asDouble()));
    }
    return line.toString();
  }

  /** Of the newest month, as programs want to read it. */
  ObjectNode json() {
    ObjectNode json = Api.JSON.createObjectNode();
    for (Map.Entry<String, JsonNode> feature : newest().path("features").properties()) {
      json.putObject(feature.getKey())
          .put("psi", feature.getValue().path("psi").asDouble())
          .put("bins", feature.getValue().path("bins").asInt())
          .put("epsilon", feature.getValue().path("epsilon").asDouble());
    }
    return json;
  }
}
