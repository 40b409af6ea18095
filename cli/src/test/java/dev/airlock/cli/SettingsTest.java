package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {

  private final Home home;

  SettingsTest(@TempDir Path folder) {
    home = new Home(folder);
  }

  @Test
  void shouldBeEmbeddedWhenNothingIsSaid() {
    Settings settings = Settings.read(home, Map.of());
    assertEquals("embedded", settings.database());
    assertEquals("embedded", settings.temporal());
    assertEquals("http://127.0.0.1:8080", settings.url().toString());
  }

  @Test
  void shouldPreferTheEnvironmentToTheFile() throws IOException {
    Files.writeString(
        home.root().resolve("airlock.properties"),
        "AIRLOCK_HTTP_PORT=9090\nAIRLOCK_TEMPORAL_TARGET=memory\n");
    Settings settings = Settings.read(home, Map.of("AIRLOCK_HTTP_PORT", "9191"));
    assertEquals(9191, settings.httpPort());
    assertEquals("memory", settings.temporal());
  }

  @Test
  void shouldReportEveryFaultAtOnce() {
    Map<String, String> wrong =
        Map.of(
            "AIRLOCK_HTTP_PORT", "http",
            "AIRLOCK_DATABASE_URL", "mysql://x",
            "AIRLOCK_TEMPORAL_TARGET", "somewhere",
            "AIRLOCK_ARTIFACTS", "/a/path");
    CommandException refusal =
        assertThrows(CommandException.class, () -> Settings.read(home, wrong));
    assertEquals(2, refusal.exitCode());
    String said = String.valueOf(refusal.getMessage());
    wrong.forEach((name, value) -> assertTrue(said.contains(name + " is '" + value + "'"), said));
  }

  @Test
  void shouldTakeNoPortThatIsNone() {
    for (String port : List.of("0", "65536", "99999", "-1", "")) {
      Map<String, String> wrong = Map.of("AIRLOCK_HTTP_PORT", port + " ");
      if (port.isEmpty()) {
        assertEquals(8080, Settings.read(home, wrong).httpPort());
      } else {
        assertThrows(CommandException.class, () -> Settings.read(home, wrong), port);
      }
    }
    assertEquals(65_535, Settings.read(home, Map.of("AIRLOCK_HTTP_PORT", "65535")).httpPort());
    assertEquals(2, Called.airlock("up", "--port", "70000", "--home", "" + home.root()).exit());
  }

  @Test
  void shouldAskForThePasswordsOfADatabaseOfOnesOwn() {
    CommandException refusal =
        assertThrows(
            CommandException.class,
            () ->
                Settings.read(
                    home, Map.of("AIRLOCK_DATABASE_URL", "jdbc:postgresql://db:5432/airlock")));
    String said = String.valueOf(refusal.getMessage());
    assertTrue(said.contains("AIRLOCK_DATABASE_OWNER_PASSWORD_FILE"), said);
    assertTrue(said.contains("AIRLOCK_DATABASE_PASSWORD_FILE"), said);
  }
}
