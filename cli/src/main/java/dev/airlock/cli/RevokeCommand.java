package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "revoke",
    description = "Takes an approval back: it lets no traffic rise any more; what is live stays.")
final class RevokeCommand extends Subcommand {

  @Parameters(paramLabel = "APPROVAL")
  long approval;

  @Option(
      names = "--as",
      required = true,
      paramLabel = "USER",
      description = "Who takes it back; that user's own token file is read.")
  String user = "";

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Override
  void run() {
    JsonNode answer =
        Api.as(home(), user).post("/approvals/" + approval + "/revoke", Map.of("reason", reason));
    print(
        "Approval %d of %s v%d is revoked: it lets nothing pass any more."
            .formatted(approval, answer.path("model").asText(), answer.path("version").asInt()));
  }
}
