package dev.airlock.programs;

import dev.airlock.dsl.graph.FileSpec;
import dev.airlock.dsl.graph.ProgramLimits;
import dev.airlock.dsl.graph.ProgramSpec;
import dev.airlock.workflows.RunIds;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs programs, each attempt in a group of processes of its own. */
final class Programs {

  private static final Logger log = LoggerFactory.getLogger(Programs.class);

  /** How long a program has between TERM and KILL. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Temporal says first that an attempt took too long; this is for one that it can't tell. */
  private static final Duration AFTER_TIMEOUT = Duration.ofSeconds(2);

  /** How long a stream may stay open that a program has left to its children. */
  private static final Duration LAST_WORDS = Duration.ofMillis(500);

  /** The only variables of the worker that a program sees. */
  private static final List<String> INHERITED =
      List.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ");

  /** Names the attempts at one stage of one system, whatever has become of their groups. */
  private static final String MARK = "AIRLOCK_MARK";

  private final Vault vault;
  private final World world;
  private final Path scratch;
  private final Map<String, String> environment;

  /**
   * Runs programs for one worker.
   *
   * @param scratch where working directories are made
   * @param environment the worker's own
   */
  Programs(Vault vault, World world, Path scratch, Map<String, String> environment) {
    this.vault = vault;
    this.world = world;
    this.scratch = scratch.toAbsolutePath();
    this.environment = Map.copyOf(environment);
  }

  /** The command of an attempt, once its working directory is there. */
  @FunctionalInterface
  interface Command {

    List<String> in(WorkingDirectory directory, List<String> arguments);
  }

  TaskResult run(StageTask task, ProgramSpec program) {
    return run(task, program, (directory, arguments) -> arguments);
  }

  TaskResult run(StageTask task, ProgramSpec program, Command command) {
    int attempt = world.attempt(task);
    String mark = scratch + ":" + task.key();
    int left = Stragglers.kill(MARK, mark);
    if (left > 0) {
      log.warn("Ended {} processes that an earlier attempt at {} had left.", left, task.key());
    }
    try (WorkingDirectory directory =
        WorkingDirectory.make(scratch, task.key(), attempt, program.directory())) {
      try {
        return run(task, program, command, directory, attempt, mark);
      } finally {
        Stragglers.kill(MARK, mark);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The program's folder can't be made ready.", e);
    }
  }

  private TaskResult run(
      StageTask task,
      ProgramSpec program,
      Command command,
      WorkingDirectory directory,
      int attempt,
      String mark)
      throws IOException {
    if (!Files.isDirectory(directory.place())) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The worker has no directory %s to run the program in. Make it, or leave .directory(…) away."
              .formatted(directory.place()));
    }
    lay(task, program.files(), directory);
    Given given = new Given(task, vault, world);
    List<String> arguments =
        program.command().stream().map(value -> given.text(value, directory.inputs())).toList();
    Map<String, String> variables = variables(task, program, given, directory, attempt);
    variables.put(MARK, mark);
    List<String> whole = new ArrayList<>(command.in(directory, arguments));
    whole.set(0, found(whole.get(0), directory.place(), variables));
    String name = whole.get(0);
    AtomicLong kept = new AtomicLong();
    try (ProcessGroup group = start(whole, directory.place(), variables, program.limits())) {
      Output output = Output.follow(group.output(), kept);
      Output errors = Output.follow(group.errors(), kept);
      await(group, task);
      output.await(LAST_WORDS);
      errors.await(LAST_WORDS);
      group.kill();
      output.await(LAST_WORDS);
      errors.await(LAST_WORDS);
      if (group.exitCode() != 0) {
        throw failed(Path.of(name).getFileName().toString(), group.exitCode(), output, errors);
      }
    }
    return result(task, program, directory);
  }

  private static ProcessGroup start(
      List<String> command, Path place, Map<String, String> variables, ProgramLimits limits) {
    try {
      return ProcessGroup.start(command, place, variables, limits);
    } catch (IOException e) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The worker can't start programs, which takes setsid and sh: install util-linux there. (%s)"
              .formatted(Mask.mask(String.valueOf(e.getMessage()))));
    }
  }

  private static void await(ProcessGroup group, StageTask task) {
    Duration longest = task.stage().timeout().plus(AFTER_TIMEOUT);
    try {
      if (!group.waitFor(longest)) {
        group.end(GRACE);
        throw ApplicationFailure.newFailure(
            "The program took longer than the %s that the stage has. It was ended."
                .formatted(task.stage().timeout()),
            StageFailure.TIMED_OUT);
      }
    } catch (InterruptedException e) {
      log.info("The attempt is no longer wanted: its program is told to end.");
      group.end(GRACE);
      throw new CancellationException("The program was ended with its attempt.");
    }
  }

  private void lay(StageTask task, List<FileSpec> files, WorkingDirectory directory)
      throws IOException {
    for (FileSpec file : files) {
      Path target = directory.place().resolve(file.name());
      Files.createDirectories(Objects.requireNonNull(target.getParent()));
      Files.deleteIfExists(target);
      if (file.content() != null) {
        Files.writeString(target, file.content());
      } else {
        copy(task, Objects.requireNonNull(file.resource()), target);
      }
    }
  }

  private void copy(StageTask task, String resource, Path target) throws IOException {
    try (InputStream content = world.resource(task.codeDigest(), resource)) {
      Files.copy(content, target);
    } catch (FileNotFoundException e) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The run's code has no file '%s'. Build the pipeline's jar with it.".formatted(resource));
    }
  }

  private Map<String, String> variables(
      StageTask task, ProgramSpec program, Given given, WorkingDirectory directory, int attempt) {
    Map<String, String> variables = new LinkedHashMap<>();
    INHERITED.forEach(
        name -> {
          if (environment.containsKey(name)) {
            variables.put(name, environment.get(name));
          }
        });
    variables.put("TMPDIR", directory.temporary().toString());
    variables.put("AIRLOCK_RESULT", directory.result().toString());
    variables.put("AIRLOCK_RUN", RunIds.workflowId(task.runId()));
    variables.put("AIRLOCK_PIPELINE", task.pipeline());
    variables.put("AIRLOCK_STAGE", task.stage().name());
    variables.put("AIRLOCK_ATTEMPT", Integer.toString(attempt));
    variables.put("AIRLOCK_KEY", task.key());
    variables.put(
        "AIRLOCK_AS_OF", task.logicalDate().atZone(ZoneOffset.UTC).toLocalDate().toString());
    program
        .environment()
        .forEach((name, value) -> variables.put(name, given.text(value, directory.inputs())));
    return variables;
  }

  /** The program's path, or one sentence that says where it was looked for. */
  private static String found(String program, Path place, Map<String, String> variables) {
    if (program.contains("/")) {
      Path file = place.resolve(program);
      return require(file, Files.isExecutable(file), program, "there is no such program");
    }
    String path = variables.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    return Stream.of(path.split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
        .findFirst()
        .map(Path::toString)
        .orElseGet(() -> require(place, false, program, "it is not on the PATH, " + path));
  }

  private static String require(Path file, boolean there, String program, String why) {
    if (!there) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The worker can't run '%s': %s. Install it there, or name it by its path."
              .formatted(program, why));
    }
    return file.toString();
  }

  private static ApplicationFailure failed(
      String program, int exitCode, Output output, Output errors) {
    List<String> last = errors.lastLines().isEmpty() ? output.lastLines() : errors.lastLines();
    String end = last.isEmpty() ? "It said nothing." : last.get(last.size() - 1);
    return ApplicationFailure.newFailure(
        "%s %s. %s".formatted(program, ExitCodes.words(exitCode), end),
        StageFailure.PROGRAM_FAILED,
        last);
  }

  private TaskResult result(StageTask task, ProgramSpec program, WorkingDirectory directory)
      throws IOException {
    String type = program.result();
    if (type == null) {
      return new TaskResult("null");
    }
    Class<?> expected = Types.load(world, task, type);
    Path file = directory.result();
    if (!Files.exists(file)) {
      throw StageFailure.of(
          StageFailure.BAD_DATA,
          "The program ended well, but wrote no $AIRLOCK_RESULT: expected %s there."
              .formatted(Results.words(expected)));
    }
    Results.requireShort(Files.size(file), "$AIRLOCK_RESULT");
    return Results.read(Files.readString(file), expected, "$AIRLOCK_RESULT");
  }
}
