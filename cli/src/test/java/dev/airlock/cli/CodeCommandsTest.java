package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Source files checked without a system, and what runs have said. */
final class CodeCommandsTest {

  private static final String SOURCE =
      """
      import dev.airlock.dsl.*;
      import dev.airlock.dsl.graph.ColumnType;
      import java.net.URI;

      public final class Orders implements PipelineSource {
        static final Param<URI> ROWS = Param.uri("rows").orElse("rows.csv");

        @Override
        public Pipeline define() {
          PipelineBuilder pipeline = Pipeline.named("orders").ownedBy("tests");
          Stage<Dataset> raw =
              pipeline.ingest("raw", Source.csv(ROWS).column("customer", ColumnType.INTEGER));
          pipeline.transform("features", Sql.resource("orders.sql"), raw);
          return pipeline.build();
        }
      }
      """;

  private final Server server = new Server();
  private final Path folder;
  private final Home home;

  CodeCommandsTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.home = server.home(folder.resolve("home"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Called airlock(String... arguments) {
    return server.airlock(home, arguments);
  }

  private Called check(String source) throws IOException {
    Path file = Files.writeString(folder.resolve("Orders.java"), source);
    return airlock("check", file.toString());
  }

  @Test
  void shouldCheckASourceFileWithWhatLiesBesideIt() throws IOException {
    Files.writeString(folder.resolve("orders.sql"), "select * from raw");

    Called good = check(SOURCE);

    assertEquals("✓ orders: 2 stages, owned by tests", good.out().strip());
    assertEquals(0, good.exit());
  }

  @Test
  void shouldNameEveryPlaceThatDoesNotCompile() throws IOException {
    Called broken = check(SOURCE.replace("Param.uri", "Param.url").replace("raw);", "raw)"));
    assertEquals(1, broken.exit());
    assertEquals(List.of("✗ Orders.java:13:68: ';' expected"), broken.out().lines().toList());

    Called unknown = check(SOURCE.replace("Param.uri", "Param.url"));
    assertTrue(
        unknown.out().startsWith("✗ Orders.java:6:39: cannot find symbol (symbol: method url("),
        unknown.out());
    assertTrue(unknown.err().contains("1 problem in "), unknown.err());
  }

  @Test
  void shouldNameTheLineWhereBuildFindsSomething() throws IOException {
    Called missing = check(SOURCE);

    assertEquals(1, missing.exit());
    assertTrue(missing.out().contains("(Orders.java:13)"), missing.out());
    assertTrue(missing.out().contains("There is no resource 'orders.sql'"), missing.out());
  }

  @Test
  void shouldPrintLinesOfOneAttemptThatHoldAText() {
    server.answers(
        "GET /runs/7",
        200,
        """
        {"id":7,"state":"succeeded","stages":[{"name":"raw","state":"succeeded","attempt":2,
          "startedAt":"2026-03-01T12:00:00Z"}]}
        """);
    server.answers(
        "GET /runs/7/stages/raw/logs?attempt=1&q=shop", 200, "12:00:01.000 WARN  The shop\n");

    Called called = airlock("logs", "7", "raw", "--attempt", "1", "--grep", "shop");

    assertTrue(called.out().contains("12:00:01.000 WARN  The shop"), called.out() + called.err());
  }

  @Test
  void shouldFollowUntilTheRunHasEnded() {
    server.answers(
        "GET /runs/7",
        200,
        """
        {"id":7,"state":"succeeded","stages":[{"name":"raw","state":"succeeded","attempt":1,
          "startedAt":"2026-03-01T12:00:00Z"}]}
        """);
    server.answers(
        "GET /runs/7/stages/raw/logs?attempt=1&after=0&limit=500",
        200,
        """
        {"items":[{"number":1,"at":"2026-03-01T12:00:01Z","level":"INFO","text":"read 7 rows"}]}
        """);

    Called called = airlock("logs", "7", "--follow");

    assertEquals("12:00:01.000 INFO  raw  read 7 rows", called.out().strip());
  }

  @Test
  void shouldFollowIntoTheNextAttemptAndPrintTheLastWordsOfBoth() {
    String run =
        """
        {"id":7,"state":"%s","stages":[{"name":"raw","state":"running","attempt":%d,
          "startedAt":"2026-03-01T12:00:00Z"}]}
        """;
    server.answers("GET /runs/7", 200, run.formatted("running", 1));
    server.answers("GET /runs/7", 200, run.formatted("failed", 2));
    says(1, 0, 1, "first try");
    says(1, 1, 2, "its last word");
    says(2, 0, 1, "second try");
    says(2, 1, 2, "kept a moment after the end");

    Called called = airlock("logs", "7", "--follow");

    assertEquals(
        List.of("first try", "its last word", "second try", "kept a moment after the end"),
        called.out().lines().map(line -> line.replaceFirst(".*raw  ", "")).toList());
  }

  private void says(int attempt, int after, int number, String text) {
    server.answers(
        "GET /runs/7/stages/raw/logs?attempt=%d&after=%d&limit=500".formatted(attempt, after),
        200,
        "{\"items\":[{\"number\":%d,\"at\":\"2026-03-01T12:00:01Z\",\"level\":\"INFO\",\"text\":\"%s\"}]}"
            .formatted(number, text));
  }
}
