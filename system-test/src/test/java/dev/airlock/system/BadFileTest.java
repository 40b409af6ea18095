package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A file that breaks its format fails its stage, with the place named, the same everywhere. */
@ExtendWith(SharedSystem.class)
final class BadFileTest {

  static List<Arguments> faults() {
    String good = Drill.rows();
    return List.of(
        Arguments.of(
            "broken-row.csv",
            good.replaceFirst("\n2024-01-31,2,[^\n]*", "\n2024-01-31,2"),
            List.of("3")),
        Arguments.of("missing-column.csv", good.replaceFirst("visits", "visit"), List.of("visits")),
        Arguments.of(
            "impossible-date.csv",
            good.replaceFirst("2024-02-29", "2024-02-30"),
            List.of("as_of", "2024-02-30", "402")),
        Arguments.of("empty.csv", "", List.of("empty")),
        Arguments.of("no-gzip.csv.gz", good, List.of("gzip")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void shouldNameThePlaceEverywhereWhenAFileIsBad(
      String name, String content, List<String> places, RunningSystem system, @TempDir Path folder)
      throws IOException {
    Drill.haveOneLive(system);
    long main = mainSnapshot(system);
    Client engineer = system.as("engineer");
    Path file = Files.writeString(folder.resolve(name), content);

    long run = Drill.start(system, Map.of("rows", file.toUri().toString()));
    JsonNode failed = engineer.awaitRun(run, Duration.ofMinutes(1), "failed");

    JsonNode stage = Client.stage(failed, "raw");
    assertEquals("failed", stage.get("state").asText());
    String sentence = stage.get("error").get("message").asText();
    String all = stage.get("error").toString();
    for (String place : places) {
      assertTrue(all.contains(place), () -> "Expected " + place + " to be named in: " + all);
    }
    assertEquals("upstream-failed", Client.stage(failed, "valid").get("state").asText());
    assertTrue(
        engineer.get("/runs/" + run).text().contains(escaped(sentence)),
        "on the run's page: " + sentence);
    String terminal = system.commands().run("logs", Long.toString(run)).output();
    assertTrue(terminal.contains(sentence), () -> sentence + " in the terminal: " + terminal);
    assertEquals(
        0, system.count("select count(*) from dataset_version where run_id = ?", run), "published");
    assertEquals(main, mainSnapshot(system), "main of the Iceberg table");
  }

  /** What main points at, as the newest of the table's own metadata files says. */
  private static long mainSnapshot(RunningSystem system) throws IOException {
    Path folder = system.home().resolve("warehouse/drill/raw/metadata");
    try (Stream<Path> files = Files.list(folder)) {
      Path newest =
          files
              .filter(file -> file.toString().endsWith(".metadata.json"))
              .max(Comparator.comparing(file -> file.getFileName().toString()))
              .orElseThrow();
      JsonNode refs = new ObjectMapper().readTree(newest.toFile()).get("refs");
      return refs.get("main").get("snapshot-id").asLong();
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
