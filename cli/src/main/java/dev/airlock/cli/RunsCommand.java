package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

@Command(name = "runs", description = "Lists the newest runs.")
final class RunsCommand extends ListCommand {

  @Override
  String path() {
    return "/runs?limit=50";
  }

  @Override
  Table table() {
    return new Table("RUN", "PIPELINE", "STATE", "LOGICAL DATE", "STARTED BY", "STARTED");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(
        text(item, "id"),
        text(item, "pipeline"),
        word(item, "state"),
        moment(item, "logicalDate"),
        StartedBy.words(item),
        moment(item, "startedAt"));
  }
}
