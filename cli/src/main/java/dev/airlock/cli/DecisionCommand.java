package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A vote, in the name of a person whose token file this user may read. */
abstract class DecisionCommand extends Subcommand {

  @Parameters(paramLabel = "APPROVAL")
  long approval;

  @Option(
      names = "--as",
      required = true,
      paramLabel = "USER",
      description = "Who decides; that user's own token file is read.")
  String user = "";

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  String reason = "";

  abstract String decision();

  @Override
  void run() {
    Api api = Api.as(home(), user);
    JsonNode asked = api.get("/approvals/" + approval);
    JsonNode answer =
        api.post(
            "/approvals/" + approval + "/decisions",
            Map.of(
                "decision", decision(), "reason", reason, "digest", asked.path("digest").asText()));
    print(
        "%s v%d is %s. %s"
            .formatted(
                asked.path("model").asText(),
                asked.path("version").asInt(),
                ListCommand.word(answer.path("approval"), "state"),
                answer.path("detail").asText()));
  }
}
