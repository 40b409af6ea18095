package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import picocli.CommandLine.Command;

@Command(name = "status", description = "Says what runs in this home, and whether it is well.")
final class StatusCommand extends Subcommand {

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
    JsonNode ready = api().get("/ready");
    print((ready.path("ready").asBoolean() ? "Ready at " : "Not ready at ") + state.url());
  }
}
