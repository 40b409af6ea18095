package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/** Sends outcomes in batches, and counts what became of each. */
final class FeedbackTally {

  private static final int BATCH = 10_000;

  /** What the server's counts are called, in the order that people read them. */
  private static final List<String> COUNTS =
      List.of("counted", "late", "duplicate", "unknown", "conflict", "tooEarly", "invalid");

  private static final Map<String, String> WORDS =
      Map.of("unknown", "kept for predictions that are not there yet", "tooEarly", "too early");

  /** An unknown one is kept, and counts once its prediction is there. */
  private static final Set<String> REFUSED = Set.of("conflict", "too-early", "invalid");

  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final List<FeedbackFile.Fault> faults = new ArrayList<>();

  FeedbackTally() {
    COUNTS.forEach(name -> counts.put(name, 0L));
  }

  /** A line that is not sent at all. */
  void refuse(FeedbackFile.Fault fault) {
    faults.add(fault);
    add("invalid", 1);
  }

  /** Sends rows, and tells the server's answers apart. */
  void send(Api api, List<FeedbackFile.Row> rows) {
    for (int from = 0; from < rows.size(); from += BATCH) {
      send(api, from, rows.subList(from, Math.min(from + BATCH, rows.size())));
    }
  }

  private void send(Api api, int from, List<FeedbackFile.Row> batch) {
    ArrayNode items = Api.JSON.createArrayNode();
    batch.forEach(row -> items.add(row.item()));
    JsonNode answer = answer(api, from, items);
    COUNTS.forEach(name -> add(name, answer.path(name).asLong()));
    JsonNode answers = answer.path("items");
    for (int i = 0; i < batch.size(); i++) {
      String state = ListCommand.word(answers.path(i), "state");
      if (REFUSED.contains(state)) {
        String detail = answers.path(i).path("detail").asText("");
        faults.add(new FeedbackFile.Fault(batch.get(i).line(), detail.isEmpty() ? state : detail));
      }
    }
  }

  private static JsonNode answer(Api api, int from, ArrayNode items) {
    try {
      return api.post("/feedback", items);
    } catch (CommandException e) {
      throw new CommandException(
          e.exitCode(),
          "%s\n%,d outcomes are in; send the file again: nothing counts twice."
              .formatted(e.getMessage(), from));
    }
  }

  private void add(String name, long more) {
    counts.merge(name, more, Long::sum);
  }

  long count(String name) {
    return counts.getOrDefault(name, 0L);
  }

  /** The refused lines, in the order of the file. */
  List<String> faults() {
    return faults.stream()
        .sorted((one, other) -> Integer.compare(one.line(), other.line()))
        .map(fault -> "line " + fault.line() + ": " + fault.reason())
        .toList();
  }

  /** The counts that are not zero. */
  String words() {
    StringJoiner words = new StringJoiner(", ");
    counts.forEach(
        (name, count) -> {
          if (count > 0) {
            words.add("%,d %s".formatted(count, WORDS.getOrDefault(name, name)));
          }
        });
    return words.length() == 0 ? "There is nothing in it." : words + ".";
  }

  ObjectNode json() {
    ObjectNode json = Api.JSON.createObjectNode();
    counts.forEach(json::put);
    return json;
  }
}
