package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Expectation;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.StatementSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.RowSample;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.TrialResult;
import io.temporal.failure.ApplicationFailure;
import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stage under work, on a sample of its input. */
final class SparkTrialsTest {

  private static final AtomicLong IDS = new AtomicLong();
  private static final PipelineResources NO_FILES =
      (digest, name) -> {
        throw new FileNotFoundException(name);
      };

  @TempDir private Path folder;

  private final Map<String, StageOutput> results = new HashMap<>();

  @Test
  void shouldAnswerWithTheFirstRowsOfAQueryAndKeepNothing() {
    World world = new World("try-transform");
    DatasetVersion orders = ingest(world);
    int artifacts = world.artifacts.count();

    TrialResult result =
        run(
            world,
            2,
            World.stage(
                "sums",
                new Work.Transform(
                    "SELECT customer AS name, sum(amount) AS spend FROM orders GROUP BY 1 ORDER BY 2"),
                "orders"),
            Map.of("orders", orders));

    RowSample rows = Objects.requireNonNull(result.rows());
    assertEquals(2, rows.rowCount());
    assertEquals(10.0, rows.rows().get(0).get(1));
    assertEquals(World.MASK.of("a"), rows.rows().get(0).get(0));
    assertEquals(2, result.inputs().get(0).sampled());
    assertEquals(3, result.inputs().get(0).rows());
    assertEquals(artifacts, world.artifacts.count());
    assertThrows(RuntimeException.class, () -> world.table("sums").iceberg());
    assertEquals(
        List.of(),
        World.session().catalog().listTables().collectAsList().stream()
            .filter(table -> table.name().startsWith("airlock_trial"))
            .toList());
    assertTrue(World.session().sparkContext().getPersistentRDDs().isEmpty());
  }

  @Test
  void shouldTryWhatComesBeforeAStageThatHasNeverRun() {
    World world = new World("try-new");
    Path file = World.file(folder, "orders.csv", Orders.THREE);
    StageSpec sums =
        World.stage("sums", new Work.Transform("SELECT count(*) AS n FROM orders_ok"), "orders-ok");
    world.become(graph("try-new", Orders.ingest(file), Orders.validate(), sums));

    TrialResult result = run(world, 2, sums, Map.of());

    assertEquals(2L, Objects.requireNonNull(result.rows()).rows().get(0).get(0));
    assertEquals("the beginning of orders.csv", result.inputs().get(0).from());
  }

  @Test
  void shouldSayOfEachExpectationWhetherItHoldsAndShowRowsThatBreakIt() {
    World world = new World("try-validate");
    DatasetVersion orders = ingest(world);

    TrialResult result =
        run(
            world,
            2,
            Orders.validate(
                new Expectation.NotNull("order_id"),
                new Expectation.Between("amount", 15, 100),
                new Expectation.Unique(List.of("customer")),
                new Expectation.RowsAtLeast(3),
                new Expectation.NotNull("custommer")),
            Map.of("orders", orders));

    assertEquals(
        List.of(true, false, true, true, false),
        result.checks().stream().map(TrialResult.Check::holds).toList());
    TrialResult.Check between = result.checks().get(1);
    assertEquals("amount is between 15 and 100", between.expectation());
    assertEquals(1L, Objects.requireNonNull(between.examples()).rows().get(0).get(0));
    assertNull(result.checks().get(4).examples());
    assertEquals(
        "try-validate.orders: there is no column 'custommer'. Did you mean 'customer'? The columns are order_id, customer, ordered_on, amount.",
        result.checks().get(4).says().get(0));
  }

  @Test
  void shouldNameTheLineOfBrokenSqlAndTheColumnThatWasProbablyMeant() {
    World world = new World("try-broken");
    DatasetVersion orders = ingest(world);

    ApplicationFailure failure =
        assertThrows(
            ApplicationFailure.class,
            () ->
                run(
                    world,
                    10,
                    World.stage(
                        "sums",
                        new Work.Transform(
                            "SELECT customer,\n  sum(amont) AS spend\nFROM orders GROUP BY 1"),
                        "orders"),
                    Map.of("orders", orders)));

    assertEquals(
        "sums, line 2 of its SQL: there is no column 'amont'. Did you mean 'amount'? The columns are order_id, customer, ordered_on, amount.",
        failure.getOriginalMessage());
    assertTrue(
        dev.airlock.workflows.StageFailure.details(failure)
            .get(0)
            .equals("2 |   sum(amont) AS spend"));
  }

  @Test
  void shouldHandATaskSamplesOfItsDatasets() {
    World world = new World("try-task");
    DatasetVersion orders = ingest(world);
    StageSpec task = World.stage("score", new Work.Task("T", "m", "()V", false), "orders");
    world.become(graph("try-task", Orders.ingest(folder), task));

    TrialResult result =
        new SparkTrials(World.sessions(), world.artifacts, World.MASK)
            .run(
                plan(world, 2, task, Map.of("orders", orders)),
                NO_FILES,
                datasets ->
                    new SparkTrials.Answer(
                        "[%d]".formatted(Objects.requireNonNull(datasets.get("orders")).rowCount()),
                        List.of("a note")));

    assertEquals("[2]", result.json());
    assertEquals(List.of("a note"), result.notes());
  }

  @Test
  void shouldRefuseWhatActsOnTheWorld() {
    World world = new World("try-register");
    StageSpec register = World.stage("register", new Work.Register("m"), "judge");

    ApplicationFailure failure =
        assertThrows(ApplicationFailure.class, () -> run(world, 10, register, Map.of()));

    assertTrue(
        failure.getOriginalMessage().startsWith("register can't be tried: a stage of the kind"),
        failure.getOriginalMessage());
    assertFalse(failure.getOriginalMessage().contains("null"));
  }

  @Test
  void shouldSayOfEachKindWhyItCantBeTried() {
    World world = new World("try-outside");
    for (Map.Entry<Work, String> each :
        Map.<Work, String>of(
                new Work.Statement(
                    new StatementSpec(
                        "shop", "select 1", new TreeMap<>(), new TreeMap<>(), null, 1)),
                "its statement would run",
                new Work.AwaitEvent(
                    Work.EventSource.EVENT, "prices-in", null, Duration.ofHours(1), true),
                "it waits for an event",
                new Work.SubPipeline("other", new TreeMap<>(), true),
                "it starts a run of another")
            .entrySet()) {
      StageSpec stage = World.stage("outside", each.getKey());

      String message =
          assertThrows(ApplicationFailure.class, () -> run(world, 10, stage, Map.of()))
              .getOriginalMessage();

      assertTrue(message.startsWith("outside can't be tried: " + each.getValue()), message);
    }
  }

  private DatasetVersion ingest(World world) {
    Path file = World.file(folder, "orders.csv", Orders.THREE);
    return world.datasets.ingest(world.task(World.newRun(), Orders.ingest(file), Map.of()));
  }

  private static Graph graph(String name, StageSpec... stages) {
    return new Graph(name, "tests", null, List.of(), List.of(stages));
  }

  private TrialResult run(
      World world, int sample, StageSpec stage, Map<String, DatasetVersion> given) {
    return new SparkTrials(World.sessions(), world.artifacts, World.MASK)
        .run(
            plan(world, sample, stage, given),
            NO_FILES,
            datasets -> new SparkTrials.Answer("", List.of()));
  }

  private TrialPlan plan(
      World world, int sample, StageSpec stage, Map<String, DatasetVersion> given) {
    results.putAll(given);
    return new TrialPlan(
        IDS.incrementAndGet(),
        world.graph(),
        world.task(0, stage, Map.of()),
        sample,
        name -> Optional.ofNullable(results.get(name)));
  }
}
