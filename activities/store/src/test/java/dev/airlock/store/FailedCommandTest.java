package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever starts a command that can't do its work reads a sentence, and no stack trace. */
final class FailedCommandTest {

  @Test
  void shouldTellEachReasonOnce() {
    Exception failure =
        new IllegalStateException(
            "The schema is behind\n  by two", new IOException("by two", new IOException("full")));

    assertEquals(
        "It can't be done: The schema is behind by two: full",
        FailedCommand.sentence("It can't be done", failure));
  }

  @ParameterizedTest
  @ValueSource(classes = {Migrate.class, DatabaseDump.class})
  void shouldEndWithALineWhenPostgresIsNotThere(Class<?> command, @TempDir Path folder)
      throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "secret");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                command.getName()));
    builder
        .environment()
        .putAll(
            Map.of(
                "AIRLOCK_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/airlock",
                "AIRLOCK_HOME", folder.toString(),
                "AIRLOCK_DATABASE_OWNER_PASSWORD_FILE", password.toString(),
                "AIRLOCK_DATABASE_PASSWORD_FILE", password.toString(),
                "AIRLOCK_BACKUP_FOLDER", folder.toString()));
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(1, process.waitFor(), said);
    List<String> sentences = said.lines().filter(line -> line.contains("can't be")).toList();
    assertEquals(1, sentences.size(), said);
    assertTrue(sentences.get(0).contains("127.0.0.1:1 refused"), said);
    assertTrue(said.lines().noneMatch(line -> line.startsWith("\tat ")), said);
  }
}
