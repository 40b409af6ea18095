package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.load.PipelineJar;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A single source file that came with a request. */
final class TrialCodeTest {

  private static final String SHOP =
      """
      import dev.airlock.dsl.*;
      import dev.airlock.dsl.graph.ColumnType;

      public final class Shop implements PipelineSource {
        public Pipeline define() {
          PipelineBuilder shop = Pipeline.named("shop").ownedBy("growth");
          shop.ingest("orders", Source.csv("orders.csv").column("amount", ColumnType.DECIMAL));
          return shop.build();
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void shouldCompileASourceFileAgainstTheDslAlone() throws IOException {
    Path jar = code(SHOP).received("digest", "Shop.java");

    try (PipelineCode loaded = new PipelineCode(digest -> jar)) {
      PipelineCode.LoadedJar shop = loaded.jar("digest");
      PipelineJar content = PipelineJar.read(shop.path(), shop.loader());
      assertEquals("shop", content.pipelines().get(0).graph().name());
    }
    try (Stream<Path> left = Files.list(folder.resolve("scratch"))) {
      assertEquals(1, left.count(), "only the jar is left");
    }
  }

  @Test
  void shouldNameTheLineOfASourceFileThatDoesNotCompile() throws IOException {
    TrialCode code = code(SHOP.replace("ownedBy", "ownedBi"));

    ApplicationFailure failure =
        assertThrows(ApplicationFailure.class, () -> code.received("digest", "Shop.java"));

    assertTrue(
        failure.getOriginalMessage().matches("Shop.java:6:\\d+: cannot find symbol .*"),
        failure.getOriginalMessage());
  }

  private TrialCode code(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("received"), text);
    return new TrialCode(digest -> file, folder.resolve("scratch"));
  }
}
