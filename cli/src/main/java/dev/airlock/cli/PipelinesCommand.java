package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

@Command(name = "pipelines", description = "Lists the pipelines.")
final class PipelinesCommand extends ListCommand {

  @Override
  String path() {
    return "/pipelines";
  }

  @Override
  Table table() {
    return new Table("PIPELINE", "VERSION", "OWNER", "LAST RUN", "STATE");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(
        text(item, "name"),
        text(item, "version"),
        text(item, "owner"),
        text(item, "lastRunId"),
        word(item, "lastRunState"));
  }
}
