package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

@Command(name = "status", description = "Says what runs in this home, and whether it is well.")
final class StatusCommand extends Subcommand {

  private static List<String> away(JsonNode ready) {
    List<String> away = new ArrayList<>();
    for (Map.Entry<String, JsonNode> dependency : ready.properties()) {
      if (dependency.getValue().isObject() && !dependency.getValue().path("ready").asBoolean()) {
        away.add(
            "%s: %s"
                .formatted(
                    dependency.getKey(), dependency.getValue().path("detail").asText("is away")));
      }
    }
    return away.isEmpty() ? List.of("It does not say why; see the web's log.") : away;
  }

  @Override
  void run() {
    Optional<StateFile.State> found = StateFile.of(home()).read();
    if (found.isEmpty() || found.get().up().process().isEmpty()) {
      throw CommandException.unreachable(
          "Nothing runs in " + home().root() + ". `airlock up` starts it.");
    }
    StateFile.State state = found.get();
    Table table = new Table("PROCESS", "PID", "PORT", "STATE");
    state
        .processes()
        .forEach(
            (name, entry) ->
                table.add(
                    name,
                    Long.toString(entry.pid()),
                    entry.port() == 0 ? "" : Integer.toString(entry.port()),
                    entry.process().isPresent() ? "runs" : "ended"));
    table.lines().forEach(this::print);
    if (state.temporalInMemory()) {
      print("Temporal runs in memory: runs do not survive a restart.");
    }
    JsonNode ready = api().condition("/ready");
    if (!ready.path("ready").asBoolean()) {
      throw CommandException.failed(
          "Not ready at %s:\n  %s".formatted(state.url(), String.join("\n  ", away(ready))));
    }
    print("Ready at " + state.url());
  }
}
