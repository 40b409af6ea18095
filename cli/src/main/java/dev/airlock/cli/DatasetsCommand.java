package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

@Command(name = "datasets", description = "Lists the datasets and their newest versions.")
final class DatasetsCommand extends ListCommand {

  @Override
  String path() {
    return "/datasets";
  }

  @Override
  Table table() {
    return new Table("DATASET", "VERSIONS", "ROWS", "PUBLISHED");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(
        text(item, "name"),
        text(item, "versions"),
        text(item, "rowCount"),
        moment(item, "publishedAt"));
  }
}
