package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "monitors",
    description = "Lists the watches over models, or has one of them look at once.")
final class MonitorsCommand extends ListCommand {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Option(
      names = "--check",
      paramLabel = "MONITOR",
      description = "The name or the number of a monitor that is to look.")
  @Nullable String check;

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      description = "What counts as now for that look, such as 1998-04-01.")
  @Nullable String asOf;

  @Override
  String path() {
    return "/monitors";
  }

  @Override
  Table table() {
    return new Table("MONITOR", "MODEL", "NAME", "EVERY", "LAST LOOK AS OF", "PAUSED");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(
        text(item, "id"),
        text(item, "model"),
        text(item, "name"),
        text(item, "every"),
        moment(item, "lastAsOf"),
        item.path("paused").asBoolean() ? "paused" : "");
  }

  @Override
  void run() {
    if (check == null) {
      if (asOf != null) {
        throw CommandException.wrongUse("--as-of needs --check MONITOR.");
      }
      super.run();
    } else if (asOf == null) {
      throw CommandException.wrongUse(
          "--check needs --as-of DATE: a monitor looks as of a moment, never as of the clock.");
    } else {
      look(api(), check, asOf);
    }
  }

  private void look(Api api, String named, String moment) {
    MonitorLook look = MonitorLook.of(api, find(api, named), moment, PATIENCE);
    if (json) {
      print(Api.write(look.check()));
      return;
    }
    Table table = new Table("VERSION", "WINDOW", "ASPECT", "ROWS", "FIGURES");
    for (JsonNode window : look.measured()) {
      table.add(
          text(window, "version"),
          text(window, "opens").replaceFirst("T.*", ""),
          text(window, "aspect"),
          "%,d".formatted(window.path("rows").asLong()),
          MonitorLook.figures(window));
    }
    if (table.isEmpty()) {
      print("Nothing new was to be measured.");
    } else {
      table.lines().forEach(this::print);
    }
  }

  private static long find(Api api, String named) {
    List<JsonNode> found = new ArrayList<>();
    List<String> known = new ArrayList<>();
    for (JsonNode monitor : api.all("/monitors")) {
      known.add(
          "%d %s of %s"
              .formatted(
                  monitor.path("id").asLong(), text(monitor, "name"), text(monitor, "model")));
      if (text(monitor, "id").equals(named) || text(monitor, "name").equals(named)) {
        found.add(monitor);
      }
    }
    if (found.size() != 1) {
      throw CommandException.wrongUse(
          "%s monitor '%s'; give the number of one. There are: %s."
              .formatted(
                  found.isEmpty() ? "There is no" : "There is more than one",
                  named,
                  known.isEmpty() ? "none" : String.join(", ", known)));
    }
    return found.get(0).path("id").asLong();
  }
}
