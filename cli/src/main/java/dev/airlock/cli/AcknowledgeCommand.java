package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "acknowledge", description = "Says that somebody has an alert in hand.")
final class AcknowledgeCommand extends Subcommand {

  @Parameters(paramLabel = "ALERT")
  long alert;

  @Option(
      names = "--as",
      paramLabel = "USER",
      description = "Who has it in hand; that user's own token file is read.")
  String user = ENGINEER;

  @Override
  void run() {
    JsonNode shown = Api.as(home(), user).post("/alerts/" + alert + "/acknowledge", Map.of());
    print(
        "Alert %d is %s by %s: %s"
            .formatted(
                alert,
                ListCommand.word(shown, "state"),
                shown.path("acknowledgedBy").asText(user),
                shown.path("title").asText()));
  }
}
