package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "backfill",
    description =
        "Runs a pipeline for times of its schedule that have passed; or shows a backfill.")
final class BackfillCommand extends Subcommand {

  private static final Duration PATIENCE = Duration.ofDays(30);

  @Parameters(paramLabel = "PIPELINE", arity = "0..1")
  @Nullable String pipeline;

  @Option(names = "--from", paramLabel = "DATE", description = "The first day, or moment.")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "DATE", description = "The last day, or moment.")
  @Nullable String to;

  @Option(names = "--dry-run", description = "Says what would become of each date, and why.")
  boolean dryRun;

  @Option(names = "--max-active", paramLabel = "N", description = "How many runs go at once; 1.")
  int maxActive = 1;

  @Option(names = "--order", paramLabel = "ORDER", description = "oldest (first) or newest.")
  String order = "oldest";

  @Option(
      names = "--rerun",
      paramLabel = "WHICH",
      description = "Of dates that have a run: none, those that failed, or all.")
  String rerun = "none";

  @Option(names = "--param", paramLabel = "NAME=VALUE", description = "A param of each run.")
  Map<String, String> params = new LinkedHashMap<>();

  @Option(names = "--note", paramLabel = "TEXT", description = "Why, for those who ask later.")
  String note = "";

  @Option(names = "--show", paramLabel = "BACKFILL", description = "Shows a backfill.")
  @Nullable Long show;

  @Option(
      names = "--cancel",
      paramLabel = "BACKFILL",
      description = "Starts no more of its dates; runs that are under way go on.")
  @Nullable Long cancel;

  @Option(names = "--wait", description = "Waits until its last run has ended.")
  boolean wait;

  @Option(names = "--json", description = "Prints the server's answer as JSON.")
  boolean json;

  @Override
  void run() {
    Api api = api();
    if (cancel != null) {
      print(api.post("/backfills/" + cancel + "/cancel", Map.of()), false);
    } else if (show != null) {
      print(ended(api, api.get("/backfills/" + show)), wait);
    } else if (pipeline == null || from == null || to == null) {
      throw CommandException.wrongUse(
          "Name what to fill in: airlock backfill PIPELINE --from DATE --to DATE. Or name a backfill: --show or --cancel.");
    } else {
      JsonNode answer = api.post("/pipelines/" + Api.encoded(pipeline) + "/backfills", wish(api));
      print(dryRun ? answer : ended(api, answer), wait && !dryRun);
    }
  }

  private Map<String, Object> wish(Api api) {
    JsonNode graph = api.get("/pipelines/" + Api.encoded(String.valueOf(pipeline))).path("graph");
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("from", from);
    wish.put("to", to);
    wish.put("dryRun", dryRun);
    wish.put("maxActive", maxActive);
    wish.put("order", order);
    wish.put("rerun", rerun);
    wish.put("params", FileParams.absolute(params, graph));
    wish.put("note", note);
    wish.put("idempotencyKey", UUID.randomUUID().toString());
    return wish;
  }

  private JsonNode ended(Api api, JsonNode backfill) {
    if (!wait) {
      return backfill;
    }
    String path = "/backfills/" + backfill.path("id").asLong();
    return Poll.until(PATIENCE, () -> api.get(path), BackfillCommand::isOver);
  }

  private static boolean isOver(JsonNode backfill) {
    return !backfill.path("state").asText().equals("running");
  }

  private void print(JsonNode backfill, boolean mustSucceed) {
    if (json) {
      print(backfill.toPrettyString());
    } else {
      Table table = new Table("LOGICAL DATE", "STATE", "RUN", "WHY");
      for (JsonNode date : backfill.path("dates")) {
        String outcome = date.path("runState").asText("");
        table.add(
            ListCommand.moment(date, "logicalDate"),
            outcome.isEmpty() || outcome.equals("null") ? date.path("state").asText() : outcome,
            date.path("runId").isNumber() ? date.path("runId").asText() : "",
            date.path("because").asText());
      }
      table.lines().forEach(this::print);
      print(
          backfill.path("dryRun").asBoolean()
              ? "It would start %s runs. Nothing was started."
                  .formatted(backfill.path("runs").asText())
              : "Backfill %s  %s"
                  .formatted(backfill.path("id").asText(), backfill.path("state").asText()));
    }
    if (mustSucceed && !backfill.path("state").asText().equals("succeeded")) {
      throw CommandException.failed("The backfill has " + backfill.path("state").asText() + ".");
    }
  }
}
