package dev.airlock.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The {@code airlock} command of a {@code dist/}.
 *
 * @param home its {@code AIRLOCK_HOME}
 * @param folder where it is called
 * @param dist what was built
 */
record Commands(Path home, Path folder, Path dist) {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  Commands(Path home) {
    this(home, home);
  }

  Commands(Path home, Path folder) {
    this(home, folder, Project.dist());
  }

  /** How a command ended and all that it said, on both streams. */
  record Result(int exit, String output) {

    String succeeded() {
      if (exit != 0) {
        throw new AssertionError("Expected exit 0, came %d:%n%s".formatted(exit, output));
      }
      return output;
    }
  }

  /** Runs a command to its end. */
  Result run(String... arguments) {
    try {
      Path output = Files.createTempFile("airlock", ".out");
      try {
        return run(output, arguments);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Result run(Path output, String... arguments) {
    try {
      Process process = launch(output, Map.of(), arguments);
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            "airlock %s did not end:%n%s"
                .formatted(String.join(" ", arguments), Files.readString(output)));
      }
      return new Result(process.exitValue(), Files.readString(output));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** Starts a command that goes on beside the test. */
  Process launch(Path output, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(dist.resolve("airlock").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("AIRLOCK_"));
    builder.environment().put("AIRLOCK_HOME", home.toString());
    // These processes live for minutes and compute little: to compile twice costs more than it
    // gains.
    builder.environment().put("AIRLOCK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
    builder.environment().putAll(environment);
    try {
      Files.createDirectories(home);
      return builder
          .directory(folder.toFile())
          .redirectErrorStream(true)
          .redirectOutput(output.toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
