package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "run", description = "Starts a run and prints its id.")
final class RunCommand extends Subcommand {

  @Parameters(paramLabel = "PIPELINE")
  String pipeline = "";

  @Option(
      names = "--param",
      paramLabel = "NAME=VALUE",
      description = "A param's value; a file may be named relative to this folder.")
  Map<String, String> params = new LinkedHashMap<>();

  @Option(
      names = "--logical-date",
      paramLabel = "DATE",
      description = "What counts as now for the run, such as 1997-12-31.")
  @Nullable String logicalDate;

  @Option(names = "--note", paramLabel = "TEXT", description = "Why, for those who ask later.")
  String note = "";

  @Option(
      names = "--dry-run",
      description = "Says what the run would do, stage by stage, and starts nothing.")
  boolean dryRun;

  @Option(
      names = "--tag",
      paramLabel = "WORD",
      description = "A word to find it by; may be given several times.")
  List<String> tags = new ArrayList<>();

  @Option(names = "--wait", description = "Shows the stages until the run has ended.")
  boolean wait;

  @Option(names = "--json", description = "Prints JSON.")
  boolean json;

  @Override
  void run() {
    Api api = api();
    if (dryRun) {
      JsonNode told = api.post("/pipelines/" + Api.encoded(pipeline) + "/dry-run", wish(api));
      if (json) {
        print(Api.write(told));
      } else {
        DryRunReport.lines(told).forEach(this::print);
      }
      return;
    }
    long id = start(api);
    if (!wait) {
      print(json ? Api.write(Map.of("id", id)) : "Run " + id + "  " + pageOf(api, id));
      return;
    }
    if (!json) {
      print("Run " + id + "  " + pageOf(api, id));
    }
    JsonNode run = new RunView(api, terminal(), json).follow(id);
    if (json) {
      print(Api.write(run));
    }
    RunView.requireSuccess(run);
  }

  private long start(Api api) {
    Map<String, Object> wish = wish(api);
    wish.put("idempotencyKey", UUID.randomUUID().toString());
    return api.post("/pipelines/" + Api.encoded(pipeline) + "/runs", wish).path("id").asLong();
  }

  private Map<String, Object> wish(Api api) {
    JsonNode graph = api.get("/pipelines/" + Api.encoded(pipeline)).path("graph");
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("params", FileParams.absolute(params, graph));
    wish.put("logicalDate", logicalDate);
    wish.put("note", note);
    wish.put("tags", tags);
    return wish;
  }

  private static String pageOf(Api api, long id) {
    return api.url().resolve("/runs/" + id).toString();
  }
}
