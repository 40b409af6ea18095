package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "rollout", description = "Shows a rollout, or holds, moves or ends it.")
final class RolloutCommand extends Subcommand {

  /** What a person may want of a rollout. */
  enum Wish {
    pause,
    resume,
    promote,
    abort
  }

  @Parameters(index = "0", paramLabel = "ROLLOUT")
  long rollout;

  @Parameters(
      index = "1",
      paramLabel = "WISH",
      arity = "0..1",
      description = "${COMPLETION-CANDIDATES}; without one, the rollout is shown.")
  @Nullable Wish wish;

  @Option(
      names = "--as",
      paramLabel = "USER",
      description = "Who wants it; that user's own token file is read.")
  String user = ENGINEER;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Option(names = "--json", description = "Prints the server's answer as JSON.")
  boolean json;

  @Override
  void run() {
    Api api = Api.as(home(), user);
    String path = "/rollouts/" + rollout;
    if (wish == null) {
      show(api.get(path));
      return;
    }
    JsonNode answer = api.post(path + "/" + wish, Map.of("reason", reason));
    print(json ? answer.toPrettyString() : said(wish, answer));
  }

  private String said(Wish asked, JsonNode answer) {
    String words = answer.path("answer").asText("");
    return words.isEmpty()
        ? "Rollout %d: %s is recorded, taking effect.".formatted(rollout, asked)
        : "Rollout %d: %s".formatted(rollout, words);
  }

  private void show(JsonNode detail) {
    if (json) {
      print(detail.toPrettyString());
      return;
    }
    print(RolloutWords.of(detail.path("rollout")));
    Table table = new Table("STEP", "CUSTOMERS", "LOOKS", "VERDICT", "FINDINGS");
    int number = 0;
    for (RolloutWords.Step step : RolloutWords.steps(detail)) {
      number++;
      table.add(
          Integer.toString(number),
          step.weight() + " %",
          Integer.toString(step.looks()),
          step.wasReached() ? step.verdict() : "not reached",
          String.join("; ", step.findings()));
    }
    table.lines().forEach(this::print);
    for (JsonNode control : detail.path("controls")) {
      print(
          "%s  %s by %s: %s"
              .formatted(
                  ListCommand.moment(control, "requestedAt"),
                  ListCommand.word(control, "kind"),
                  control.path("requestedBy").asText(),
                  control.path("answer").asText("")));
    }
  }
}
