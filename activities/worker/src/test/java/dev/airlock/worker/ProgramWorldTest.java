package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Attempts;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.StoredResult;
import dev.airlock.workflows.StageOutput.TaskResult;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgramWorldTest {

  /** What Temporal takes in one piece, in bytes. */
  private static final int MOST_OF_TEMPORAL = 2 << 20;

  @TempDir Path folder;

  @Test
  void shouldKeepThreeLongResultsBelowWhatTemporalTakes() {
    ProgramWorld world = world();

    String inputs =
        Json.write(Stream.of("a", "b", "c").map(it -> world.result(longest(it))).toList());

    assertTrue(inputs.length() < MOST_OF_TEMPORAL, () -> inputs.length() + " characters");
  }

  @Test
  void shouldGiveBackWhatItHasKept() {
    ProgramWorld world = world();
    StageOutput kept = world.result(longest("ü"));

    assertEquals(longest("ü"), world.document((StoredResult) kept));
    assertEquals(new TaskResult("7"), world.result("7"));
  }

  private static String longest(String character) {
    return '"' + character.repeat(450_000) + '"';
  }

  private ProgramWorld world() {
    return new ProgramWorld(
        new PipelineCode(
            digest -> {
              throw new AssertionError("No code is loaded here.");
            }),
        dataset -> {
          throw new AssertionError("No dataset is read here.");
        },
        StandIn.uncalled(Attempts.class),
        new Documents(ArtifactStore.open(folder.toUri())));
  }
}
