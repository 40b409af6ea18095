package dev.airlock.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Short commands: run to their end, output and exit code taken. */
final class Commands {

  /** Stands for a program that is not there, as in a shell. */
  static final int NOT_FOUND = 127;

  private Commands() {}

  static Result run(String... command) {
    return run(List.of(command), Map.of(), "", line -> {});
  }

  /**
   * Runs a command to its end.
   *
   * @param input what it reads on its standard input; small
   * @param progress gets each line of its output, errors too, as it comes
   */
  static Result run(
      List<String> command,
      Map<String, String> environment,
      String input,
      Consumer<String> progress) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      return run(builder.start(), input, progress);
    } catch (IOException e) {
      return new Result(NOT_FOUND, String.valueOf(e.getMessage()));
    }
  }

  private static Result run(Process process, String input, Consumer<String> progress)
      throws IOException {
    StringBuilder output = new StringBuilder();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.append(line).append('\n');
        progress.accept(line);
      }
      return new Result(process.waitFor(), output.toString());
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new LocalServerException("Interrupted while a command ran", e);
    }
  }

  /** How a command ended, and what it printed. */
  record Result(int code, String output) {

    boolean done() {
      return code == 0;
    }
  }
}
