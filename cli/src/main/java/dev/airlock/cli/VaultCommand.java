package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Names that workers have or pipelines need, and where they come from; never a value. */
abstract class VaultCommand extends ListCommand {

  @Override
  Table table() {
    return new Table("NAME", "FROM", "NEEDED BY");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(text(item, "name"), source(item), joined(item.path("usedBy")));
  }

  private static String source(JsonNode item) {
    if (!item.path("faults").isEmpty()) {
      return joined(item.path("faults"));
    }
    return item.path("sources").isEmpty() ? "missing" : joined(item.path("sources"));
  }

  private static String joined(JsonNode items) {
    StringJoiner words = new StringJoiner(", ");
    items.forEach(item -> words.add(item.asText()));
    return words.toString();
  }

  /**
   * A line for each name that a pipeline needs and no worker has, or has in vain, and for each
   * queue that stages are for and no worker takes.
   */
  static List<String> warnings(Api api) {
    List<String> warnings = new ArrayList<>();
    for (String kind : List.of("secret", "connection")) {
      for (JsonNode item : api.all("/" + kind + "s")) {
        boolean usable = !item.path("sources").isEmpty() && item.path("faults").isEmpty();
        if (!usable && !item.path("usedBy").isEmpty()) {
          String why =
              item.path("faults").isEmpty() ? "no worker has it." : joined(item.path("faults"));
          warnings.add(
              "The %s '%s', which %s needs: %s"
                  .formatted(kind, item.path("name").asText(), joined(item.path("usedBy")), why));
        }
      }
    }
    for (JsonNode queue : api.all("/queues")) {
      if (!queue.path("taken").asBoolean()) {
        warnings.add(
            "The queue '%s', which %s is for: no worker takes it. Start one with AIRLOCK_QUEUES=%s."
                .formatted(
                    queue.path("name").asText(),
                    joined(queue.path("usedBy")),
                    queue.path("name").asText()));
      }
    }
    return warnings;
  }
}
