package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** What a trial gave, for people. */
final class TrialView {

  private final Terminal terminal;

  TrialView(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * Shows it.
   *
   * @param waited how long the answer took, in nanoseconds
   */
  void show(JsonNode result, long waited) {
    terminal.line(
        terminal.bold(
            "%s/%s".formatted(result.path("pipeline").asText(), result.path("stage").asText())));
    for (JsonNode input : result.path("inputs")) {
      long rows = input.path("rows").asLong();
      terminal.line(
          "reads %,d%s rows of %s, %s"
              .formatted(
                  input.path("sampled").asLong(),
                  rows < 0 ? "" : " of %,d".formatted(rows),
                  input.path("stage").asText(),
                  input.path("from").asText()));
    }
    result.path("checks").forEach(this::check);
    if (result.path("metrics").size() > 0) {
      Table table = new Table("METRIC", "ON THE SAMPLE");
      result
          .path("metrics")
          .properties()
          .forEach(
              metric -> table.add(metric.getKey(), "%.4f".formatted(metric.getValue().asDouble())));
      table.lines().forEach(terminal::line);
    }
    if (result.hasNonNull("json")) {
      terminal.line(Api.parse(result.path("json").asText()).toPrettyString());
    }
    if (result.hasNonNull("rows") && result.path("checks").isEmpty()) {
      rows(result.path("rows"));
    }
    result.path("notes").forEach(note -> terminal.line(terminal.faint(note.asText())));
    terminal.line(
        terminal.faint(
            "%.1f s on the worker, %.1f s in all; nothing was kept"
                .formatted(result.path("tookMillis").asLong() / 1e3, waited / 1e9)));
  }

  private void check(JsonNode check) {
    boolean holds = check.path("holds").asBoolean();
    String expectation = check.path("expectation").asText();
    terminal.line(holds ? terminal.good("✓ ") + expectation : terminal.bad("✗ ") + expectation);
    check.path("says").forEach(sentence -> terminal.line("  " + sentence.asText()));
    if (check.hasNonNull("examples")) {
      RowTables.lines(check.path("examples")).forEach(line -> terminal.line("  " + line));
    }
  }

  private void rows(JsonNode sample) {
    RowTables.lines(sample).forEach(terminal::line);
    terminal.line(terminal.faint(RowTables.note(sample)));
  }
}
