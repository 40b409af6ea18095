package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "try",
    description =
        "Runs one stage on a sample of its real input, and keeps nothing of it but the answer.")
final class TryCommand extends Subcommand {

  private static final Duration PATIENCE = Duration.ofSeconds(75);

  @Parameters(index = "0", paramLabel = "STAGE", description = "A stage, or pipeline/stage.")
  String stage = "";

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      arity = "0..1",
      description = "The pipeline as it stands in a file, .jar or .java; else as it is published.")
  @Nullable Path file;

  @Option(names = "--pipeline", paramLabel = "NAME", description = "Whose stage it is.")
  @Nullable String pipeline;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "How many rows of the largest input, 1 to 100000.")
  int sample = 1_000;

  @Option(
      names = "--param",
      paramLabel = "NAME=VALUE",
      description = "A param's value; the others are those of the run whose results are read.")
  Map<String, String> params = new LinkedHashMap<>();

  @Option(
      names = "--logical-date",
      paramLabel = "DATE",
      description = "What counts as now; that run's own where it is left out.")
  @Nullable String logicalDate;

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description = "The run whose stages' results are read; else the newest that has them.")
  @Nullable Long run;

  @Option(names = "--json", description = "Prints JSON.")
  boolean json;

  @Override
  void run() {
    Api api = api();
    long begun = System.nanoTime();
    long id = api.post("/trials", wish(api)).path("id").asLong();
    Thread onInterrupt = new Thread(() -> cancel(api, id));
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    JsonNode trial =
        Poll.until(PATIENCE, () -> api.get("/trials/" + id), each -> each.hasNonNull("endedAt"));
    Runtime.getRuntime().removeShutdownHook(onInterrupt);
    if (json) {
      print(trial.toPrettyString());
    } else if (trial.hasNonNull("result")) {
      new TrialView(terminal()).show(trial.path("result"), System.nanoTime() - begun);
    }
    requireSuccess(trial);
  }

  /** Whoever stops waiting wants no answer. */
  private static void cancel(Api api, long id) {
    try {
      api.post("/trials/" + id + "/cancel", Map.of());
    } catch (RuntimeException e) {
      // It ends by itself within a minute.
    }
  }

  private Map<String, Object> wish(Api api) {
    String name = pipeline;
    String wanted = stage;
    int slash = stage.indexOf('/');
    if (slash > 0) {
      name = stage.substring(0, slash);
      wanted = stage.substring(slash + 1);
    }
    if (name == null && file == null) {
      throw CommandException.wrongUse(
          "Whose stage is it? Name pipeline/%s, --pipeline NAME, or a file that defines the pipeline."
              .formatted(stage));
    }
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("stage", wanted);
    wish.put("pipeline", name);
    wish.put("sample", sample);
    wish.put("params", FileParams.absolute(params));
    wish.put("logicalDate", logicalDate);
    wish.put("run", run);
    if (file != null) {
      JsonNode received = send(api, file);
      wish.put("codeDigest", received.path("codeDigest").asText());
      wish.put("codeFile", received.path("codeFile").asText());
    }
    return wish;
  }

  private static JsonNode send(Api api, Path file) {
    Path name = file.getFileName();
    if (name == null || !Files.isRegularFile(file)) {
      throw CommandException.wrongUse("There is no file " + file + ".");
    }
    return api.post("/trials/code?file=" + Api.encoded(name.toString()), file);
  }

  private void requireSuccess(JsonNode trial) {
    String state = trial.path("state").asText();
    switch (state) {
      case "succeeded" -> {
        long broken = 0;
        for (JsonNode check : trial.path("result").path("checks")) {
          broken += check.path("holds").asBoolean() ? 0 : 1;
        }
        if (broken > 0) {
          throw CommandException.failed(
              broken + (broken == 1 ? " expectation does" : " expectations do") + " not hold.");
        }
      }
      case "queued", "running" ->
          throw CommandException.failed("No worker has answered. Is one up? `airlock status`");
      case "cancelled" -> throw CommandException.failed("The trial was cancelled.");
      default -> {
        JsonNode error = trial.path("error");
        StringBuilder lines = new StringBuilder(error.path("message").asText());
        error.path("details").forEach(detail -> lines.append("\n  ").append(detail.asText()));
        throw CommandException.failed(lines.toString());
      }
    }
  }
}
