package dev.airlock.testing;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Event;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.Pool;
import dev.airlock.dsl.Sql;
import dev.airlock.dsl.Stage;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageState;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WaitingRehearsalTest {

  /** A team's own steps. */
  interface Tasks {
    Optional<String> arrived();

    int load(String file);

    int price(Prices prices);
  }

  /** What the event brings. */
  record Prices(int rows) {}

  private static Pipeline shop() {
    PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("growth");
    Pool warehouse = Pool.named("warehouse");
    Stage<String> file =
        pipeline
            .sensor("file-there", Tasks::arrived)
            .pollEvery(ofMinutes(1))
            .backoff(1.5, ofMinutes(10))
            .within(ofHours(6))
            .orFail();
    Stage<Prices> prices =
        pipeline
            .awaitEvent("prices-in", Event.named("prices-in", Prices.class))
            .within(ofHours(6))
            .orSkip();
    Stage<Dataset> orders =
        pipeline.awaitEvent("orders", Event.dataset("orders.valid")).within(ofDays(1)).orFail();
    pipeline.task("load", Tasks::load, file).pool(warehouse).deadline(ofHours(2));
    pipeline.task("price", Tasks::price, prices).pool(warehouse, 2);
    pipeline.transform("features", Sql.text("select * from orders"), orders);
    return pipeline.build();
  }

  @Test
  void shouldFindEverythingThereUnlessTheRehearsalSaysOtherwise() {
    RehearsedRun run = Rehearsal.of(shop()).run();

    assertEquals(RunState.SUCCEEDED, run.state(), run::toString);
    assertEquals(1, run.attempts("file-there"));
  }

  @Test
  void shouldHaveWorkersForEveryQueue() {
    PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("growth");
    Stage<String> file =
        pipeline.sensor("file-there", Tasks::arrived).within(ofHours(6)).orFail().onQueue("net");
    pipeline.task("load", Tasks::load, file).onQueue("gpu");

    RehearsedRun run = Rehearsal.of(pipeline.build()).run();

    assertEquals(RunState.SUCCEEDED, run.state(), run::toString);
    assertEquals(1, run.attempts("load"));
  }

  @Test
  void shouldGoOnWhenTheFileArrivesAfterThreeLooks() {
    RehearsedRun run =
        Rehearsal.of(shop())
            .sensorArrivesAfter("file-there", 3)
            .taskGives("file-there", "/in/monday.csv")
            .run();

    assertEquals(RunState.SUCCEEDED, run.state(), run::toString);
    assertEquals(4, run.attempts("file-there"));
    assertEquals(new TaskResult("\"/in/monday.csv\""), run.output("file-there"));
    // A minute, a minute and a half, two and a quarter.
    assertTrue(run.elapsed().compareTo(ofMinutes(4)) > 0, () -> "" + run.elapsed());
    assertTrue(run.elapsed().compareTo(ofMinutes(6)) < 0, () -> "" + run.elapsed());
  }

  @Test
  void shouldFailWhenTheFileNeverArrives() {
    RehearsedRun run = Rehearsal.of(shop()).sensorFindsNothing("file-there").run();

    assertEquals(RunState.FAILED, run.state());
    assertEquals("Nothing arrived within 6 hours.", run.error("file-there").message());
    assertEquals(StageState.UPSTREAM_FAILED, run.stage("load"));
    assertEquals(6, run.elapsed().toHours());
  }

  @Test
  void shouldGoOnWhenTheEventComesWhileTheStageWaits() {
    RehearsedRun run =
        Rehearsal.of(shop())
            .eventComesAfter("prices-in", ofMinutes(20))
            .taskGives("prices-in", new Prices(7))
            .run();

    assertEquals(RunState.SUCCEEDED, run.state(), run::toString);
    assertEquals(new TaskResult("{\"rows\":7}"), run.output("prices-in"));
    assertEquals(20, run.elapsed().toMinutes());
  }

  @Test
  void shouldSkipWhatNeedsAnEventThatNeverComes() {
    RehearsedRun run = Rehearsal.of(shop()).eventNeverComes("prices-in").run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals(StageState.SKIPPED, run.stage("prices-in"));
    assertEquals(StageState.SKIPPED, run.stage("price"));
    assertEquals(StageState.SUCCEEDED, run.stage("load"));
  }

  @Test
  void shouldFailWhenTheSensorCanNotLook() {
    RehearsedRun run =
        Rehearsal.of(shop()).stageFails("file-there", "The share is not mounted.").run();

    assertEquals("The share is not mounted.", run.error("file-there").message());
    assertEquals(3, run.attempts("file-there"));
  }

  @Test
  void shouldRefuseToScriptAStageOfAnotherKind() {
    Rehearsal rehearsal = Rehearsal.of(shop());

    assertThrows(IllegalArgumentException.class, () -> rehearsal.sensorFindsNothing("load"));
    assertThrows(IllegalArgumentException.class, () -> rehearsal.eventNeverComes("file-there"));
  }
}
