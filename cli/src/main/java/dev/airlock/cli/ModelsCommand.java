package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.StringJoiner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "models",
    description = "Lists the models and what is live of each; says whose they are.",
    subcommands = {ModelsCommand.Allow.class, ModelsCommand.Disallow.class})
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

  /** What both have: the model, the pipeline, who says so and why. */
  abstract static class Saying extends Subcommand {

    @Parameters(index = "0", paramLabel = "MODEL")
    String model = "";

    @Parameters(index = "1", paramLabel = "PIPELINE")
    String pipeline = "";

    @Option(
        names = "--as",
        paramLabel = "USER",
        description = "Who says so: an owner of one of the model's pipelines, or an admin.")
    String user = ENGINEER;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    String reason = "";

    void say(boolean allowed) {
      JsonNode answer =
          Api.as(home(), user)
              .post(
                  "/models/" + Api.encoded(model) + "/pipelines",
                  Map.of("pipeline", pipeline, "allowed", allowed, "reason", reason));
      StringJoiner names = new StringJoiner(", ");
      answer.path("pipelines").forEach(row -> names.add(text(row, "pipeline")));
      print("Versions of %s are registered by: %s".formatted(model, names));
    }
  }

  /** Lets a pipeline in. */
  @Command(name = "allow", description = "Lets a pipeline register versions of a model.")
  static final class Allow extends Saying {
    @Override
    void run() {
      say(true);
    }
  }

  /** And out. */
  @Command(name = "disallow", description = "Lets a pipeline register them no more.")
  static final class Disallow extends Saying {
    @Override
    void run() {
      say(false);
    }
  }
}
