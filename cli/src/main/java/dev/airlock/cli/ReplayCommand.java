package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Executes a closed run again, from its kept histories, in a process of its own. */
@Command(
    name = "replay",
    description = {
      "Executes a closed run again, from what was recorded of it, and says whether the engine of today decides the same.",
      "Nothing of the run is touched: no stage is carried out."
    })
final class ReplayCommand extends Subcommand {

  private static final String DEBUGGER =
      "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:";

  /** Tells Temporal's SDK that a workflow that stands still may stand at a breakpoint. */
  private static final String UNHURRIED = "TEMPORAL_DEBUG";

  @Parameters(paramLabel = "RUN", arity = "0..1", description = "The number of a run.")
  @Nullable Long run;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Histories that were saved before, instead of a run; no system is needed.")
  List<Path> files = new ArrayList<>();

  @Option(
      names = "--save",
      paramLabel = "DIR",
      description = "Keeps the run's histories in this folder.")
  @Nullable Path folder;

  @Option(
      names = "--debug",
      paramLabel = "PORT",
      arity = "0..1",
      fallbackValue = "5005",
      description = "Waits for a debugger on this port (5005).")
  @Nullable Integer debug;

  @Override
  void run() {
    if ((run == null) == files.isEmpty()) {
      throw CommandException.wrongUse(
          "Name either a run or files: airlock replay 41, or airlock replay --file run-41.json.");
    }
    int code = run == null ? replay(files) : replay(api(), run);
    if (code != 0) {
      throw new CommandException(
          code == CommandException.WRONG_USE ? code : CommandException.FAILED,
          code == CommandException.WRONG_USE
              ? "Not all of it could be replayed."
              : "The engine of today decides otherwise: a run that waited through an upgrade would have stopped there.");
    }
  }

  private int replay(Api api, long id) {
    Path named = folder;
    try {
      if (named != null) {
        return replay(saved(api, id, Files.createDirectories(named)));
      }
      Path passing = Files.createTempDirectory("airlock-replay");
      try {
        return replay(saved(api, id, passing));
      } finally {
        HomeFiles.delete(passing);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The histories can't be written: " + e.getMessage(), e);
    }
  }

  private static List<Path> saved(Api api, long id, Path to) throws IOException {
    JsonNode kept = api.get("/runs/" + id + "/histories");
    String state = kept.path("state").asText();
    if (state.equals("pending")) {
      throw CommandException.failed(
          "Run %d has no kept history yet: it is kept a few seconds after the run has ended."
              .formatted(id));
    }
    if (state.equals("forgotten")) {
      throw CommandException.failed(
          "Run %d has no history: Temporal had forgotten it before it could be kept."
              .formatted(id));
    }
    List<Path> paths = new ArrayList<>();
    for (JsonNode item : kept.path("items")) {
      paths.add(save(api, id, item, to));
    }
    return paths;
  }

  private static Path save(Api api, long id, JsonNode item, Path to) throws IOException {
    int position = item.path("position").asInt();
    String name = item.path("workflowId").asText().replaceAll("[^A-Za-z0-9._-]", "_");
    Path file = to.resolve((position == 1 ? name : name + "-" + position) + ".json");
    return Files.writeString(
        file, api.text("/runs/" + id + "/histories/" + position), StandardCharsets.UTF_8);
  }

  private int replay(List<Path> histories) {
    List<String> options =
        Optional.ofNullable(debug).map(port -> List.of(DEBUGGER + port)).orElse(List.of());
    List<String> command = new ArrayList<>(Distribution.found().replay(options));
    histories.forEach(file -> command.add(file.toAbsolutePath().toString()));
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put(UNHURRIED, "true");
      Process process = builder.start();
      process.getOutputStream().close();
      process.inputReader(StandardCharsets.UTF_8).lines().forEach(this::print);
      return process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("The replay could not be started.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("Interrupted");
    }
  }
}
