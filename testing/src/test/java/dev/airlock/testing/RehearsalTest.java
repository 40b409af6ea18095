package dev.airlock.testing;

import static dev.airlock.dsl.Expectations.column;
import static dev.airlock.dsl.Metrics.AUC;
import static dev.airlock.dsl.Metrics.LOG_LOSS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.Approved;
import dev.airlock.dsl.Candidate;
import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Evaluation;
import dev.airlock.dsl.ModelVersion;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Split;
import dev.airlock.dsl.Sql;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.Trainer;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.ApprovedVersion;
import dev.airlock.workflows.StageOutput.Judgement;
import dev.airlock.workflows.StageOutput.LiveVersion;
import dev.airlock.workflows.StageState;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RehearsalTest {

  private static final Param<URI> FILE = Param.uri("file");
  private static final Param<Integer> HORIZON_DAYS =
      Param.integer("horizon-days").atLeast(1).orElse(30);

  /** Two weeks for two people to decide. */
  private static final class Churn implements PipelineSource {

    @Override
    public Pipeline define() {
      PipelineBuilder pipeline = Pipeline.named("churn").ownedBy("growth");
      Stage<Dataset> visits =
          pipeline.ingest("visits", Source.csv(FILE).column("customer", ColumnType.INTEGER));
      Stage<Dataset> valid = pipeline.validate("visits-ok", visits, column("customer").notNull());
      Stage<Dataset> features =
          pipeline.transform("features", Sql.text("SELECT * FROM visits_ok"), valid);
      Split split = Split.bySnapshot("as_of").embargo(HORIZON_DAYS);
      Stage<Candidate> logistic =
          pipeline.train("logistic", features, split, Trainer.logisticRegression().label("gone"));
      Stage<Candidate> boosted =
          pipeline.train("boosted", features, split, Trainer.gradientBoostedTrees().label("gone"));
      Stage<Evaluation> judged =
          pipeline
              .evaluate("judge", split, logistic, boosted)
              .choose(LOG_LOSS)
              .require(AUC.atLeast(0.8));
      Stage<ModelVersion> version = pipeline.register("register", judged);
      Stage<Approved<ModelVersion>> approved =
          pipeline
              .approval("promote", version)
              .by("ml-leads")
              .quorum(2)
              .within(Duration.ofDays(14))
              .orReject();
      pipeline.deploy("go-live", approved).blueGreen();
      pipeline.task("tell", Tasks::tell, version);
      return pipeline.build();
    }

    @Override
    public List<Object> tasks() {
      return List.of((Tasks) version -> 1);
    }
  }

  /** A step of one's own. */
  interface Tasks {
    int tell(ModelVersion version);
  }

  @Test
  void shouldGoLiveWhenEnoughPeopleApprove() {
    RehearsedRun run = churn().approve("anna", "bela").run();

    assertEquals(RunState.SUCCEEDED, run.state(), run::toString);
    assertEquals(List.of("anna", "bela"), ((ApprovedVersion) run.output("promote")).approvedBy());
    assertEquals(new LiveVersion("churn", 1, 1, 1), run.output("go-live"));
    assertEquals(2, run.elapsed().toHours());
    assertTrue(run.order().indexOf("judge") > run.order().indexOf("boosted"));
    assertEquals(10, run.order().size());
  }

  @Test
  void shouldExpireAfterFourteenDaysInAboutASecond() {
    churn().run();
    Instant begin = Instant.now();

    RehearsedRun run = churn().nobodyDecides().run();

    Duration took = Duration.between(begin, Instant.now());
    assertEquals(RunState.FAILED, run.state());
    assertEquals(14, run.elapsed().toDays());
    assertEquals("Nobody decided within 14 days.", run.error("promote").message());
    assertEquals(StageState.UPSTREAM_FAILED, run.stage("go-live"));
    assertEquals(StageState.SUCCEEDED, run.stage("tell"));
    assertTrue(took.toSeconds() < 20, "It took " + took);
  }

  @Test
  void shouldStayShutWhenWhoeverAskedApproves() {
    RehearsedRun run = churn().approve("anna", Rehearsal.REQUESTED_BY).run();

    assertEquals("1 of 2 votes counted within 14 days.", run.error("promote").message());
  }

  @Test
  void shouldSayWhoRejectedIt() {
    RehearsedRun run =
        churn()
            .approve("anna")
            .reject("bela", "Too few rows.")
            .decidingTakes(Duration.ofDays(3))
            .run();

    assertEquals("Rejected by bela: Too few rows.", run.error("promote").message());
    assertEquals(6, run.elapsed().toDays());
  }

  @Test
  void shouldFailWithTheStageAndWhatIsBehindIt() {
    RehearsedRun run = churn().stageFails("boosted", "Out of memory.").run();

    assertEquals(RunState.FAILED, run.state());
    assertEquals("Out of memory.", run.error("boosted").message());
    assertEquals(3, run.attempts("boosted"));
    assertEquals(1, run.attempts("logistic"));
    assertEquals(StageState.SUCCEEDED, run.stage("logistic"));
    assertEquals(StageState.UPSTREAM_FAILED, run.stage("judge"));
    assertEquals(StageState.UPSTREAM_FAILED, run.stage("go-live"));
  }

  @Test
  void shouldGoOnWhenALaterAttemptSucceeds() {
    RehearsedRun run =
        churn().stageFails("visits", 2, "The server is away.").approve("a", "b").run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals(3, run.attempts("visits"));
  }

  @Test
  void shouldFailTheEvaluationWhenAFigureBreaksItsBound() {
    RehearsedRun run = churn().figure(Metric.AUC, 0.71).run();

    assertEquals(StageFailure.REQUIREMENT_NOT_MET, run.error("judge").type());
    assertEquals("auc is 0.71, but must be at least 0.8.", run.error("judge").message());
    assertEquals(1, run.attempts("judge"));
  }

  @Test
  void shouldJudgeOnDaysThatFollowFromTheLogicalDate() {
    RehearsedRun run =
        churn()
            .logicalDate(LocalDate.parse("2025-12-31"))
            .param("horizon-days", 10)
            .approve("anna", "bela")
            .run();

    Judgement judged = (Judgement) run.output("judge");
    assertEquals(LocalDate.parse("2025-12-21"), judged.judgedOn());
    assertEquals(0.8, judged.metrics().get("auc"));
  }

  @Test
  void shouldFailTheDeploymentWhenTrafficIsRefused() {
    RehearsedRun run =
        churn().approve("anna", "bela").refuseTraffic("The approval was revoked.").run();

    assertEquals("The approval was revoked.", run.error("go-live").message());
    assertEquals(StageFailure.NOT_APPROVED, run.error("go-live").type());
  }

  @Test
  void shouldCancelWhileItWaits() {
    RehearsedRun run = churn().cancelAfter(Duration.ofDays(2)).run();

    assertEquals(RunState.CANCELLED, run.state());
    assertEquals(StageState.CANCELLED, run.stage("promote"));
    assertEquals(2, run.elapsed().toDays());
  }

  @Test
  void shouldGiveWhatTheTaskIsSaidToGive() {
    RehearsedRun run = churn().taskGives("tell", Map.of("told", 3)).approve("anna", "bela").run();

    assertTrue(run.output("tell").toString().contains("{\"told\":3}"));
  }

  @Test
  void shouldNameWhatThereIsWhenSomethingIsUnknown() {
    assertTrue(message(() -> churn().stageFails("visit", "No.")).contains("[visits, visits-ok,"));
    assertTrue(message(() -> churn().param("fil", "x")).contains("[file, horizon-days]"));
    assertTrue(message(() -> churn().taskGives("judge", 1)).contains("event but evaluate"));
    assertTrue(message(() -> churn().stageFails("promote", "No.")).contains("reject("));
    assertTrue(message(() -> Rehearsal.of(new Churn()).run()).contains(".param(\"file\", …)"));
  }

  private static Rehearsal churn() {
    return Rehearsal.of(new Churn()).param("file", "visits.csv");
  }

  private static String message(Runnable wrong) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, wrong::run).getMessage());
  }
}
