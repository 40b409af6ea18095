package dev.airlock.web;

import static dev.airlock.web.Scene.by;

import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.Stage;
import dev.airlock.store.ItemAttempt;
import dev.airlock.store.ItemEnd;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The items of a map's stage. */
final class Mapped {

  /** The team's own steps. */
  private interface Steps {

    List<String> shops();

    long price(String shop);
  }

  private Mapped() {}

  /** Begins a run whose stage {@code prices} is a map; answers its id. */
  static long start(WebFixture web, String pipeline) {
    PipelineBuilder graph = Pipeline.named(pipeline).ownedBy("growth-ml");
    Stage<List<String>> shops = graph.task("shops", Steps::shops);
    graph.map("prices", shops, Steps::price).atOnce(3);
    web.store.pipelines().publish(graph.build().graph(), "c".repeat(64), by("engineer"));
    long run = web.scene.request(pipeline);
    web.store
        .runLedger()
        .record(
            run,
            List.of(
                new StageChange(1, "shops", StageState.RUNNING, Instant.now(), null, null),
                new StageChange(2, "prices", StageState.RUNNING, Instant.now(), null, null)),
            RunState.RUNNING);
    return run;
  }

  /** Of 120 items the first succeeds, the second fails twice, the third is under way. */
  static void play(WebFixture web, long run, String stage) {
    var items = web.store.items();
    items.open(run, stage, 120);
    Instant now = Instant.now();
    for (ItemAttempt attempt : items.claim(run, stage, 0, 3, "worker-1")) {
      if (attempt.index() == 0) {
        end(web, run, stage, attempt, now, null, "12");
      } else if (attempt.index() == 1) {
        items.claim(run, stage, 1, 2, "worker-2");
        StageError error = new StageError("broken", "The shop <1> is closed.", List.of());
        end(web, run, stage, new ItemAttempt(1, 2, 2), now, error, null);
      }
    }
  }

  private static void end(
      WebFixture web,
      long run,
      String stage,
      ItemAttempt attempt,
      Instant at,
      @Nullable StageError error,
      @Nullable String result) {
    web.store
        .items()
        .finish(
            run,
            stage,
            List.of(
                new ItemEnd(
                    attempt.index(),
                    attempt.attempt(),
                    attempt.claimed(),
                    error == null ? StageState.SUCCEEDED : StageState.FAILED,
                    at,
                    at.plusMillis(30),
                    error,
                    result,
                    null)));
  }
}
