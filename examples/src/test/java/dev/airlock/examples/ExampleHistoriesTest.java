package dev.airlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.PipelineSource;
import dev.airlock.testing.Rehearsal;
import dev.airlock.testing.RehearsedRun;
import dev.airlock.testing.Replay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs of each example, recorded once, go on under the engine of today. {@code mvn test -pl
 * examples -Dgolden.rewrite=true} records them anew.
 */
final class ExampleHistoriesTest {

  private static final Path FOLDER = Path.of("src", "test", "resources", "histories");

  @BeforeAll
  static void recordAnewWhereAsked() throws IOException {
    if (Boolean.getBoolean("golden.rewrite")) {
      record("repeat-purchase", canary(new RepeatPurchase()).run());
      record(
          "repeat-purchase-taken-back",
          canary(new RepeatPurchase()).canaryFails("go-live", 25, "2 % failed.").run());
      record("repeat-purchase-in-cents", canary(new RepeatPurchaseInCents()).run());
      record("customer-spend", Rehearsal.of(new CustomerSpend()).approve("anna").run());
      record("customer-spend-rejected", rejected().run());
      record(
          "repeat-purchase-traffic",
          Rehearsal.of(new RepeatPurchaseTraffic())
              .param("gateway", "http://127.0.0.1:8080")
              .run());
      record("nightly-offers", nightlyOffers().run());
    }
  }

  static Stream<Path> recorded() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void shouldGoOnAsItWasRecorded(Path file) throws IOException {
    try (Replay replay = new Replay()) {
      Replay.Outcome outcome = replay.of(Files.readString(file));

      assertEquals(Optional.empty(), outcome.difference());
    }
  }

  /** Two hours a step. */
  private static Rehearsal canary(PipelineSource source) {
    return Rehearsal.of(source)
        .liveAlready()
        .param("first-hold", Duration.ofHours(2))
        .param("second-hold", Duration.ofHours(2))
        .approve("anna");
  }

  private static Rehearsal rejected() {
    return Rehearsal.of(new CustomerSpend()).reject("anna", "The holdout is too small.");
  }

  private static Rehearsal nightlyOffers() {
    return Rehearsal.of(new NightlyOffers())
        .chooses("size", NightlyOffers.Size.LARGE)
        .stageFails("send", "The post is closed.");
  }

  private static void record(String name, RehearsedRun run) throws IOException {
    Files.createDirectories(FOLDER);
    for (Map.Entry<String, String> history : run.histories().entrySet()) {
      Files.writeString(
          FOLDER.resolve(name + "--" + history.getKey().replace('/', '-') + ".json"),
          history.getValue() + "\n");
    }
  }
}
