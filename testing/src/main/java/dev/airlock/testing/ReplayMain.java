package dev.airlock.testing;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The process behind {@code airlock replay}: replays the histories in files, one after another. */
public final class ReplayMain {

  private static final int SAME = 0;
  private static final int OTHERWISE = 1;
  private static final int WRONG_USE = 2;

  private ReplayMain() {}

  /**
   * Replays each file and says how it went. Ends with 0 where today decides the same in all of
   * them, 1 where it does not, 2 where a file is no history.
   */
  public static void main(String[] files) {
    System.exit(replay(List.of(files), System.out));
  }

  static int replay(List<String> files, PrintStream out) {
    int code = files.isEmpty() ? WRONG_USE : SAME;
    if (files.isEmpty()) {
      out.println("Name the files with the histories to replay.");
    }
    try (Replay replay = new Replay()) {
      for (String file : files) {
        code = Math.max(code, replay(replay, Path.of(file), out));
      }
    }
    return code;
  }

  private static int replay(Replay replay, Path file, PrintStream out) {
    try {
      Replay.Outcome outcome = replay.of(Files.readString(file, StandardCharsets.UTF_8));
      String what =
          "%s (%s, %d events)".formatted(name(file), outcome.workflow(), outcome.events());
      out.println(
          outcome
              .difference()
              .map(difference -> "✗ " + what + ": decided otherwise today. " + difference)
              .orElse("✓ " + what + ": decided the same today."));
      return outcome.difference().isPresent() ? OTHERWISE : SAME;
    } catch (NoSuchFileException e) {
      out.println("✗ There is no file " + file + ".");
      return WRONG_USE;
    } catch (IOException e) {
      out.println("✗ %s can't be read: %s".formatted(file, e.getMessage()));
      return WRONG_USE;
    } catch (IllegalArgumentException e) {
      out.println("✗ " + file + ": " + e.getMessage());
      return WRONG_USE;
    }
  }

  private static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".json") ? name.substring(0, name.length() - ".json".length()) : name;
  }
}
