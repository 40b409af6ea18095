package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "alerts", description = "Lists what somebody should know, newest first.")
final class AlertsCommand extends ListCommand {

  @Option(names = "--all", description = "Those that are closed, too.")
  boolean all;

  @Override
  String path() {
    return all ? "/alerts" : "/alerts?state=open";
  }

  @Override
  Table table() {
    return new Table("ALERT", "ABOUT", "STATE", "LEADS TO", "AS OF", "WHAT");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(
        text(item, "id"),
        item.hasNonNull("lateRunId") ? "run " + text(item, "lateRunId") : text(item, "model"),
        word(item, "state"),
        led(item),
        moment(item, "openedAsOf"),
        text(item, "title"));
  }

  private static String led(JsonNode item) {
    String consequence = word(item, "consequence");
    return item.hasNonNull("runId")
        ? consequence + " (run " + item.path("runId").asLong() + ")"
        : consequence;
  }
}
