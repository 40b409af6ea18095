package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LogsTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private TestDatabase database;
  private Store store;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    new Scene(store, new FileArtifactStore(folder));
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void shouldTellItemsOfAMapApartAndShowThemTogether() {
    long run = run();
    store
        .logs()
        .keep(
            List.of(
                of(run, "orders", "the stage"),
                of(run, new LogPlace("orders", 2).key(), "two"),
                of(run, new LogPlace("orders", 17).key(), "seventeen"),
                of(run, new LogPlace("orders-again", 2).key(), "another map")));

    assertEquals(
        List.of("two", "seventeen"), texts(store.logs().ofItems(run, "orders", 0, null, 10)));
    assertEquals(List.of("two"), texts(store.logs().ofItems(run, "orders", 0, "TWO", 10)));
    assertEquals(List.of("seventeen"), texts(store.logs().lastOfItems(run, "orders", 1)));
    assertEquals(
        List.of("seventeen"), texts(store.logs().lines(run, "orders[17]", 1, 0, null, 10)));
    assertEquals(new LogPlace("orders", 17), LogPlace.of("orders[17]"));
    assertEquals(new LogPlace("orders", null), LogPlace.of("orders"));
  }

  private static NewLogLine of(long run, String place, String text) {
    return new NewLogLine(run, place, 1, 1, NOON, LogLevel.INFO, text);
  }

  private static List<String> texts(List<LogLine> lines) {
    return lines.stream().map(LogLine::text).toList();
  }

  @Test
  void shouldKeepEachLineOnceAndInItsOrder() {
    long run = run();
    store
        .logs()
        .keep(List.of(line(run, 2, LogLevel.WARN, "second"), line(run, 1, LogLevel.INFO, "first")));
    store
        .logs()
        .keep(
            List.of(
                line(run, 2, LogLevel.WARN, "again"), line(run, 3, LogLevel.INFO, "third \u0000")));

    List<LogLine> lines = store.logs().lines(run, "orders", 1, 0, null, 10);

    assertEquals(
        List.of("first", "second", "third \ufffd"), lines.stream().map(LogLine::text).toList());
    assertEquals(LogLevel.WARN, lines.get(1).level());
    assertEquals(NOON.plusSeconds(1), lines.get(0).at());
    assertEquals(3, store.logs().lastNumber(run, "orders", 1));
    assertEquals(List.of(1), store.logs().attempts(run, "orders"));
    assertEquals(
        List.of("third \ufffd"),
        store.logs().lines(run, "orders", 1, 2, null, 10).stream().map(LogLine::text).toList());
    assertEquals(
        List.of("second"),
        store.logs().lines(run, "orders", 1, 0, "SECO", 10).stream().map(LogLine::text).toList());
    assertEquals(
        List.of("second", "third \ufffd"),
        store.logs().lastLines(run, "orders", 1, null, 2).stream().map(LogLine::text).toList());
  }

  @Test
  void shouldFindLinesOfAllRunsNewestFirstAndPageThroughThem() {
    long first = run();
    long second = run();
    List<NewLogLine> lines = new ArrayList<>();
    for (int number = 1; number <= 5; number++) {
      lines.add(line(first, number, LogLevel.INFO, "heron " + number));
      lines.add(line(second, number, LogLevel.ERROR, "Heron " + number));
    }
    store.logs().keep(lines);

    Page<LogLine> page = store.logs().search(search("HERON", null, null, null), 4, null);
    assertEquals(4, page.items().size());
    assertTrue(page.items().get(0).id() > page.items().get(3).id());
    Page<LogLine> rest = store.logs().search(search("HERON", null, null, null), 100, page.next());
    assertEquals(6, rest.items().size());
    assertNull(rest.next());

    assertEquals(
        5, store.logs().search(search("heron", first, null, null), 9, null).items().size());
    assertEquals(
        5, store.logs().search(search("heron", null, LogLevel.WARN, null), 9, null).items().size());
    assertEquals(
        2,
        store
            .logs()
            .search(search("heron", first, null, NOON.plusSeconds(4)), 9, null)
            .items()
            .size());
    assertEquals(
        0,
        store
            .logs()
            .search(new LogSearch("heron", "another-pipeline", null, null, null), 9, null)
            .items()
            .size());
  }

  @Test
  void shouldCutALineThatIsTooLongAndSayHowLongItWas() {
    String text = new NewLogLine(1, "orders", 1, 1, NOON, LogLevel.INFO, "x".repeat(30_000)).text();

    assertTrue(text.endsWith(" … (30,000 characters in all)"), text.substring(19_990));
  }

  private static LogSearch search(
      String text, @Nullable Long run, @Nullable LogLevel level, @Nullable Instant since) {
    return new LogSearch(text, Scene.PIPELINE, run, level, since);
  }

  private static NewLogLine line(long run, int number, LogLevel level, String text) {
    return new NewLogLine(run, "orders", 1, number, NOON.plusSeconds(number), level, text);
  }

  private long run() {
    return store
        .runs()
        .request(new NewRun(Scene.PIPELINE, Map.of(), NOON, by("engineer"), "engineer", "", null))
        .id();
  }
}
