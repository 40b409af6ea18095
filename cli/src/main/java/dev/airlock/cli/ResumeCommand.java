package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "resume",
    description = "Goes on with a run that is over, as a new run; shows its plan first.")
final class ResumeCommand extends Subcommand {

  @Parameters(paramLabel = "RUN")
  long run;

  @Option(
      names = "--from",
      paramLabel = "STAGE",
      description = "Runs in any case, and all that follows; without it, what did not succeed.")
  List<String> from = new ArrayList<>();

  @Option(
      names = "--code",
      paramLabel = "same|latest",
      description = "The version that the run ran, or the current one. Default: same.")
  String code = "same";

  @Option(
      names = "--param",
      paramLabel = "NAME=VALUE",
      description = "A param that changes; the others keep their values.")
  Map<String, String> params = new LinkedHashMap<>();

  @Option(names = "--note", paramLabel = "TEXT", description = "Why, for those who ask later.")
  String note = "";

  @Option(names = "--key", paramLabel = "KEY", description = "The same key gives the same run.")
  String key = UUID.randomUUID().toString();

  @Option(names = "--plan", description = "Shows the plan and starts nothing.")
  boolean plan;

  @Option(names = "--wait", description = "Shows the stages until the run has ended.")
  boolean wait;

  @Option(names = "--json", description = "Prints JSON.")
  boolean json;

  @Override
  void run() {
    Api api = api();
    Map<String, Object> wish = wish(api);
    JsonNode proposal = api.post("/runs/" + run + "/resume/plan", wish);
    if (plan) {
      print(json ? Api.write(proposal) : text(proposal));
      return;
    }
    if (!json) {
      print(text(proposal));
    }
    long id = api.post("/runs/" + run + "/resume", wish).path("id").asLong();
    if (!json) {
      print("Run %d resumes run %d  %s".formatted(id, run, api.url().resolve("/runs/" + id)));
    } else if (!wait) {
      print(Api.write(Map.of("id", id, "parent", run)));
    }
    if (wait) {
      JsonNode ended = new RunView(api, terminal(), json).follow(id);
      if (json) {
        print(Api.write(ended));
      }
      RunView.requireSuccess(ended);
    }
  }

  private Map<String, Object> wish(Api api) {
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("from", from);
    wish.put("code", code);
    wish.put("params", params.isEmpty() ? params : FileParams.absolute(params, graph(api)));
    wish.put("note", note);
    wish.put("idempotencyKey", key);
    return wish;
  }

  private JsonNode graph(Api api) {
    String pipeline = api.get("/runs/" + run).path("pipeline").asText();
    return api.get("/pipelines/" + Api.encoded(pipeline)).path("graph");
  }

  private static String text(JsonNode proposal) {
    List<String> lines = new ArrayList<>();
    JsonNode stages = proposal.path("plan").path("stages");
    int width = 0;
    for (JsonNode stage : stages) {
      width = Math.max(width, stage.path("stage").asText().length());
    }
    for (JsonNode stage : stages) {
      lines.add(
          ("  %-" + width + "s  %-8s  %s")
              .formatted(
                  stage.path("stage").asText(),
                  stage.path("action").asText(),
                  stage.path("why").asText()));
    }
    proposal.path("notes").forEach(told -> lines.add(told.asText()));
    return String.join(System.lineSeparator(), lines);
  }
}
