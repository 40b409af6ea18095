package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A list from REST: a table for people, or the server's JSON. */
abstract class ListCommand extends Subcommand {

  @Option(names = "--json", description = "Prints the server's answer as JSON.")
  boolean json;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many; 500 where left out, 50 of runs.")
  @Nullable Integer limit;

  /** How many where nobody says it. */
  int usualLimit() {
    return 500;
  }

  /** Where the list is. */
  abstract String path();

  abstract Table table();

  abstract void add(Table table, JsonNode item);

  @Override
  void run() {
    int most = limit == null ? usualLimit() : limit;
    if (most < 1) {
      throw CommandException.wrongUse("--limit is %d, expected 1 or more.".formatted(most));
    }
    Api api = api();
    JsonNode page = api.get(path());
    if (json && limit == null) {
      print(page.toPrettyString());
      return;
    }
    List<JsonNode> items = new ArrayList<>();
    page.path("items").forEach(items::add);
    while (items.size() < most && page.hasNonNull("next")) {
      page = api.get(Api.following(path(), page));
      page.path("items").forEach(items::add);
    }
    boolean isCut = items.size() > most || page.hasNonNull("next");
    List<JsonNode> shown = items.subList(0, Math.min(most, items.size()));
    if (json) {
      ObjectNode answer = Api.JSON.createObjectNode();
      answer.putArray("items").addAll(shown);
      print(answer.put("more", isCut).toPrettyString());
    } else {
      print(shown, isCut);
    }
  }

  private void print(List<JsonNode> items, boolean isCut) {
    Table table = table();
    items.forEach(item -> add(table, item));
    if (table.isEmpty()) {
      print("None.");
      return;
    }
    table.lines().forEach(this::print);
    if (isCut) {
      print(
          "These are the first %d; there are more: --limit %d shows twice as many."
              .formatted(items.size(), 2L * items.size()));
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
