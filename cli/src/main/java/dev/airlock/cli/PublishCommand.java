package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.StringJoiner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "publish", description = "Publishes the pipelines of a jar.")
final class PublishCommand extends Subcommand {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Parameters(paramLabel = "JAR", description = "A jar of pipelines.")
  Path jar = Path.of("");

  @Override
  void run() {
    Path name = jar.getFileName();
    if (name == null || !Files.isRegularFile(jar)) {
      throw CommandException.wrongUse("There is no file " + jar + ".");
    }
    Api api = api();
    JsonNode received = api.post("/publications?file=" + Api.encoded(name.toString()), jar);
    JsonNode settled =
        Poll.until(
            PATIENCE,
            () -> api.get("/publications/" + received.path("id").asLong()),
            publication -> !ListCommand.word(publication, "state").equals("received"));
    report(name, ListCommand.word(settled, "state"), settled.path("problems"));
    settled.path("pipelines").forEach(pipeline -> warnOfOwner(api, pipeline.asText()));
    VaultCommand.warnings(api).forEach(warning -> print("Warning: " + warning));
  }

  /** Whoever has misspelt an owner is to hear of it here, not from strangers. */
  private void warnOfOwner(Api api, String pipeline) {
    JsonNode note = api.get("/pipelines/" + Api.encoded(pipeline)).path("ownerNote");
    if (note.isTextual()) {
      print("Warning: " + note.asText());
    }
  }

  private void report(Path name, String state, JsonNode problems) {
    switch (state) {
      case "published" -> print("Published " + name + ".");
      case "received" ->
          throw CommandException.failed(
              name + " is received, but no worker has read it yet. Is one up? `airlock status`");
      default -> {
        StringJoiner lines = new StringJoiner("\n  ");
        lines.add(name + " is refused:");
        problems.forEach(problem -> lines.add(problem.asText()));
        throw CommandException.failed(lines.toString());
      }
    }
  }
}
