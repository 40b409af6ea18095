package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "pools", description = "Lists the pools that stages share, or sets their sizes.")
final class PoolsCommand extends ListCommand {

  @Option(
      names = "--set",
      paramLabel = "POOL=SLOTS",
      description = "Makes a pool, or makes it larger or smaller; 0 holds everybody back.")
  Map<String, Integer> sizes = new LinkedHashMap<>();

  @Override
  String path() {
    sizes.forEach(
        (pool, slots) -> api().put("/pools/" + Api.encoded(pool), Map.of("slots", slots)));
    return "/pools";
  }

  @Override
  Table table() {
    return new Table("POOL", "SLOTS", "HELD", "WAITING");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(text(item, "name"), text(item, "slots"), text(item, "held"), text(item, "waiting"));
  }
}
