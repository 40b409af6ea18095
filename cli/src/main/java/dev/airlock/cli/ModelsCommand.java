package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

@Command(name = "models", description = "Lists the models and what is live of each.")
final class ModelsCommand extends ListCommand {

  @Override
  String path() {
    return "/models";
  }

  @Override
  Table table() {
    return new Table("MODEL", "VERSIONS", "LIVE", "SINCE");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(
        text(item, "name"),
        text(item, "latestVersion"),
        text(item, "liveVersion"),
        moment(item, "liveSince"));
  }
}
