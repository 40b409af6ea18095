package dev.airlock.testing;

import static dev.airlock.dsl.Canary.weight;
import static dev.airlock.dsl.Conditions.allOf;
import static dev.airlock.dsl.Signals.AGE_DAYS;
import static dev.airlock.dsl.Signals.ERROR_RATE;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.Approved;
import dev.airlock.dsl.Candidate;
import dev.airlock.dsl.Cooldown;
import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Deployment;
import dev.airlock.dsl.Evaluation;
import dev.airlock.dsl.Metrics;
import dev.airlock.dsl.ModelVersion;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Split;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.Trainer;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.InstalledMonitor;
import dev.airlock.workflows.StageOutput.LiveVersion;
import dev.airlock.workflows.StageState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CanaryRehearsalTest {

  private static final Param<Duration> HOLD = Param.duration("hold").orElse(ofDays(7));

  /** Two weeks from the approval to all traffic. */
  private static Pipeline churn() {
    PipelineBuilder pipeline = Pipeline.named("churn").ownedBy("growth");
    Stage<Dataset> visits =
        pipeline.ingest(
            "visits",
            Source.csv("visits.csv")
                .column("as_of", ColumnType.DATE)
                .column("visits", ColumnType.INTEGER)
                .column("gone", ColumnType.INTEGER));
    Split split = Split.bySnapshot("as_of").embargo(30);
    Stage<Candidate> logistic =
        pipeline.train("logistic", visits, split, Trainer.logisticRegression().label("gone"));
    Stage<Evaluation> judged = pipeline.evaluate("judge", split, logistic).choose(Metrics.AUC);
    Stage<Approved<ModelVersion>> approved =
        pipeline
            .approval("promote", pipeline.register("register", judged))
            .by("ml-leads")
            .within(ofDays(3))
            .orReject();
    Stage<Deployment> live =
        pipeline
            .canary("go-live", approved)
            .steps(weight(5).hold(HOLD), weight(25).hold(HOLD), weight(100))
            .promoteWhile(allOf(ERROR_RATE.atMost(0.01)))
            .orRollBack();
    pipeline
        .monitor("watch", live)
        .every(ofHours(6))
        .when(AGE_DAYS.atLeast(180))
        .retrain(Cooldown.of(ofDays(30)));
    return pipeline.build();
  }

  @Test
  void shouldTakeOverAfterFourteenDaysInSeconds() {
    rehearsal().run();
    Instant begin = Instant.now();

    RehearsedRun run = rehearsal().run();

    Duration took = Duration.between(begin, Instant.now());
    assertEquals(RunState.SUCCEEDED, run.state(), run::toString);
    assertEquals(List.of(5, 25, 100), run.weights("go-live"));
    assertEquals(2, ((LiveVersion) run.output("go-live")).version());
    assertEquals("watch", ((InstalledMonitor) run.output("watch")).name());
    assertEquals(14, run.elapsed().toDays());
    assertTrue(took.toSeconds() < 60, "It took " + took);
  }

  @Test
  void shouldBeLiveAtOnceWhereNothingWasBefore() {
    RehearsedRun run = Rehearsal.of(churn()).approve("anna").run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals(List.of(), run.weights("go-live"));
    assertEquals(1, run.elapsed().toHours());
  }

  @Test
  void shouldGoBackWhenTheAnalysisFails() {
    RehearsedRun run = rehearsal().canaryFails("go-live", 25, "2 % of the requests failed.").run();

    assertEquals(RunState.FAILED, run.state());
    assertEquals(List.of(5, 25, 0), run.weights("go-live"));
    assertEquals(StageFailure.ROLLED_BACK, run.error("go-live").type());
    assertTrue(run.error("go-live").message().contains("2 % of the requests failed."));
    assertEquals(StageState.UPSTREAM_FAILED, run.stage("watch"));
  }

  @Test
  void shouldGoOnWhenSomebodyResumesWhatWasUnclear() {
    RehearsedRun run =
        rehearsal()
            .canaryIsUnclear("go-live", 5, "Too few requests.")
            .resumeCanaryAfter(ofDays(10))
            .run();

    assertEquals(RunState.SUCCEEDED, run.state(), run::toString);
    assertEquals(List.of(5, 25, 100), run.weights("go-live"));
    assertEquals(24, run.elapsed().toDays());
  }

  @Test
  void shouldDoWhatPeopleAskOfIt() {
    assertEquals(
        List.of(5, 100), rehearsal().promoteCanaryAfter(ofDays(1)).run().weights("go-live"));
    RehearsedRun aborted = rehearsal().abortCanaryAfter(ofDays(8)).run();
    assertEquals(List.of(5, 25, 0), aborted.weights("go-live"));
    assertTrue(aborted.error("go-live").message().contains("was aborted"));
    RehearsedRun paused =
        rehearsal().pauseCanaryAfter(ofDays(1)).resumeCanaryAfter(ofDays(30)).run();
    assertEquals(List.of(5, 25, 100), paused.weights("go-live"));
    assertEquals(44, paused.elapsed().toDays());
  }

  @Test
  void shouldTakeHoldsFromTheRun() {
    assertEquals(25, rehearsal().param("hold", ofHours(12)).run().elapsed().toHours());
  }

  @Test
  void shouldNameTheStepsThatAreHeld() {
    IllegalArgumentException wrong =
        assertThrows(
            IllegalArgumentException.class,
            () -> rehearsal().canaryFails("go-live", 100, "Too late."));

    assertEquals("'go-live' holds no step of 100 %; it holds [5, 25].", wrong.getMessage());
  }

  private static Rehearsal rehearsal() {
    return Rehearsal.of(churn()).liveAlready().approve("anna");
  }
}
