package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import picocli.CommandLine.Option;

/** A list from REST: a table for people, or the server's JSON. */
abstract class ListCommand extends Subcommand {

  @Option(names = "--json", description = "Prints the server's answer as JSON.")
  boolean json;

  /** Where the list is. */
  abstract String path();

  abstract Table table();

  abstract void add(Table table, JsonNode item);

  @Override
  void run() {
    JsonNode page = api().get(path());
    if (json) {
      print(page.toPrettyString());
      return;
    }
    Table table = table();
    page.path("items").forEach(item -> add(table, item));
    if (table.isEmpty()) {
      print("None.");
    } else {
      table.lines().forEach(this::print);
    }
  }

  /** A field for people: empty where it is missing, words in lower case, moments to the second. */
  static String text(JsonNode item, String field) {
    return item.path(field).asText("");
  }

  static String word(JsonNode item, String field) {
    return text(item, field).toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String moment(JsonNode item, String field) {
    return text(item, field).replaceFirst("\\.\\d+Z$", "Z");
  }
}
