package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "rollouts", description = "Lists how versions have taken over, newest first.")
final class RolloutsCommand extends ListCommand {

  @Parameters(paramLabel = "MODEL", arity = "0..1")
  @Nullable String model;

  @Override
  String path() {
    return model == null ? "/rollouts" : "/rollouts?model=" + Api.encoded(model);
  }

  @Override
  Table table() {
    return new Table(
        "ROLLOUT", "MODEL", "VERSION", "FROM", "STATE", "STEP", "WEIGHT", "STARTED", "BECAUSE");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(
        text(item, "id"),
        text(item, "model"),
        "v" + text(item, "version"),
        "v" + text(item, "champion"),
        word(item, "state"),
        RolloutWords.step(item),
        text(item, "weight") + " %",
        moment(item, "startedAt"),
        text(item, "because"));
  }
}
