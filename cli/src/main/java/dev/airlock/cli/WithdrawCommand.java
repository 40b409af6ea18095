package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "withdraw", description = "Takes a vote back, as long as the approval is open.")
final class WithdrawCommand extends Subcommand {

  @Parameters(paramLabel = "APPROVAL")
  long approval;

  @Option(
      names = "--as",
      required = true,
      paramLabel = "USER",
      description = "Whose vote it is; that user's own token file is read.")
  String user = "";

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Override
  void run() {
    Api api = Api.as(home(), user);
    JsonNode answer =
        api.post(
            "/approvals/%d/decisions/%d/withdraw"
                .formatted(approval, ownVote(api.get("/approvals/" + approval))),
            Map.of("reason", reason));
    print("The vote of %s is taken back. %s".formatted(user, answer.path("detail").asText()));
  }

  /** The newest vote of the user that was neither refused nor taken back. */
  private long ownVote(JsonNode asked) {
    long found = 0;
    for (JsonNode vote : asked.path("decisions")) {
      if (vote.path("person").asText().equals(user)
          && vote.path("withdrawnAt").isNull()
          && !vote.path("outcome").asText().equals("refused")) {
        found = vote.path("id").asLong();
      }
    }
    if (found == 0) {
      throw CommandException.failed(
          "%s has no vote on approval %d that could be taken back.".formatted(user, approval));
    }
    return found;
  }
}
