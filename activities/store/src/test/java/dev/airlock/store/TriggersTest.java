package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.dsl.graph.StartSpec.DatasetRule;
import dev.airlock.workflows.StageOutput;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Runs that start by themselves: for new data, for new code. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TriggersTest {

  private static final Instant DATE = Instant.parse("2026-03-01T00:00:00Z");

  private TestDatabase database;
  private Store store;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
  }

  @AfterAll
  void close() {
    database.close();
  }

  private static Graph graph(String name, StartSpec starts) {
    Graph graph = Scene.graph("ml-leads", 1);
    return new Graph(name, graph.owner(), null, graph.params(), graph.stages(), starts);
  }

  private void waitsFor(String pipeline, String... datasets) {
    StartSpec starts = new StartSpec(0, List.of(new DatasetRule(List.of(datasets))), null, false);
    store.pipelines().publish(graph(pipeline, starts), Scene.CODE, by("publisher"));
  }

  /** Publishes a new version, from a run of a pipeline of its own. */
  private void publish(String dataset, int day) {
    String pipeline = dataset.substring(0, dataset.indexOf('.'));
    store
        .pipelines()
        .publish(graph(pipeline, new StartSpec(0, null, null, false)), Scene.CODE, by("p"));
    Instant logicalDate = DATE.plusSeconds(day * 86_400L);
    long run =
        store
            .runs()
            .request(
                new NewRun(pipeline, Map.of(), logicalDate, by("engineer"), "engineer", "", null))
            .id();
    store
        .datasets()
        .publish(
            run,
            "orders",
            0,
            new StageOutput.DatasetVersion(dataset, day, 100, null, Scene.DATA.columns()));
  }

  private List<Run> runs(String pipeline) {
    return store.runs().listBefore(pipeline, null, Long.MAX_VALUE, 100);
  }

  @Test
  void shouldStartOneRunWhenEachDatasetHasANewVersion() {
    publish("east.orders", 0);
    waitsFor("both", "east.orders", "east.prices");

    publish("east.orders", 1);
    publish("east.orders", 2);
    assertEquals(0, runs("both").size());
    publish("east.prices", 1);

    assertEquals(1, runs("both").size());
    Run run = runs("both").get(0);
    assertEquals("dataset", run.triggeredBy());
    assertEquals("publisher", run.requestedBy());
    assertEquals(DATE.plusSeconds(2 * 86_400L), run.logicalDate());
    String detail = Objects.requireNonNull(run.triggerDetail());
    assertTrue(detail.contains("\"dataset\": \"east.orders\""), detail);
    assertTrue(detail.contains("\"snapshotId\": 2"), detail);

    publish("east.prices", 3);
    assertEquals(1, runs("both").size(), "orders has nothing new");
    publish("east.orders", 4);
    assertEquals(2, runs("both").size());
  }

  @Test
  void shouldNotCountWhatCameBeforeItWasDeclared() {
    publish("west.orders", 0);

    waitsFor("late", "west.orders");

    assertEquals(0, runs("late").size());
    waitsFor("late", "west.orders");
    publish("west.orders", 1);
    assertEquals(1, runs("late").size());
  }

  @Test
  void shouldStartOnceForWhatCameWhilePaused() {
    waitsFor("resting", "north.orders");
    store.pipelines().setPaused("resting", true, by("engineer"));
    publish("north.orders", 1);
    publish("north.orders", 2);
    assertEquals(0, runs("resting").size());

    store.pipelines().setPaused("resting", false, by("engineer"));
    store.pipelines().setPaused("resting", false, by("engineer"));

    assertEquals(1, runs("resting").size());
  }

  @Test
  void shouldStartOneRunWhenTwoVersionsAreWrittenAtOnce() throws Exception {
    waitsFor("raced", "left.orders", "right.orders");
    publish("left.orders", 0);
    publish("right.orders", 0);
    int before = runs("raced").size();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int day = 1; day <= 10; day++) {
        int number = day;
        CyclicBarrier together = new CyclicBarrier(2);
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (String dataset : List.of("left.orders", "right.orders")) {
          calls.add(
              () -> {
                together.await();
                publish(dataset, number);
                return true;
              });
        }
        for (Future<Boolean> done : threads.invokeAll(calls)) {
          assertTrue(done.get());
        }
        assertEquals(before + day, runs("raced").size());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void shouldStartARunOfEachNewVersionOnce() {
    StartSpec onNewVersion = new StartSpec(0, null, null, true);
    Graph first = graph("continuous", onNewVersion);

    store.pipelines().publish(first, Scene.CODE, by("publisher"));
    store.pipelines().publish(first, Scene.CODE, by("publisher"));
    store.pipelines().publish(first, "d".repeat(64), by("another"));
    store.pipelines().publish(first, Scene.CODE, by("publisher"));

    List<Run> runs = runs("continuous");
    assertEquals(List.of(2, 1), runs.stream().map(Run::version).toList());
    assertEquals("code", runs.get(0).triggeredBy());
    assertEquals("another", runs.get(0).requestedBy());
  }

  @Test
  void shouldPublishAllTheSameWhenTheRunCannotStart() {
    Graph needy = graph("needy-code", new StartSpec(0, null, null, true));
    Graph graph =
        new Graph(
            needy.name(),
            needy.owner(),
            null,
            List.of(new ParamSpec("shop", ParamType.TEXT, null, null, null)),
            needy.stages(),
            needy.starts());

    assertEquals(1, store.pipelines().publish(graph, Scene.CODE, by("publisher")));
    assertEquals(0, runs("needy-code").size());
  }
}
