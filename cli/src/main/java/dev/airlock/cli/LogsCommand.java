package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "Prints what the stages of a run have logged.")
final class LogsCommand extends Subcommand {

  @Parameters(index = "0", paramLabel = "RUN")
  long run;

  @Parameters(index = "1", paramLabel = "STAGE", arity = "0..1")
  @Nullable String stage;

  @Override
  void run() {
    Api api = api();
    boolean isFound = false;
    for (JsonNode each : api.get("/runs/" + run).path("stages")) {
      String name = each.path("name").asText();
      if (stage == null || stage.equals(name)) {
        isFound = true;
        show(api, name, each);
      }
    }
    if (!isFound) {
      throw CommandException.failed("Run " + run + " has no stage '" + stage + "'.");
    }
  }

  private void show(Api api, String name, JsonNode each) {
    if (each.path("attempt").asInt() == 0 && stage == null) {
      return;
    }
    print(terminal().bold(name + "  " + ListCommand.word(each, "state")));
    String text = api.text("/runs/" + run + "/stages/" + Api.encoded(name) + "/logs").strip();
    if (!text.isEmpty()) {
      print(text);
    }
    if (each.hasNonNull("error")) {
      print(terminal().bad(RunView.reason(each)));
    }
  }
}
