package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.SubRunActivities;
import dev.airlock.workflows.SubRunEnd;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SubRunsTest {

  private static final StageError ERROR = new StageError("bad-data", "No prices.", List.of());

  private TestDatabase database;
  private Store store;
  private SubRunActivities subRuns;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
    subRuns = store.subRuns();
    publish(prices());
    publish(calling("offers", "prices", Map.of("region", Setting.of("eu"))));
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void shouldWriteOneRunHoweverOftenItIsAskedFor() {
    StageTask task = task("offers");

    long child = subRuns.requestRun(task);

    assertEquals(child, subRuns.requestRun(task));
    Run run = store.runs().find(child).orElseThrow();
    assertEquals(Map.of("region", "eu"), run.params());
    assertEquals("pipeline", run.triggeredBy());
    assertEquals(
        Optional.of(new CallingStage(task.runId(), "offers", "call")), store.runs().caller(child));
    assertEquals(
        List.of(new CalledRun("call", child, "prices", RunState.QUEUED)),
        store.runs().calledBy(task.runId()));
  }

  @Test
  void shouldHaveTheCallerToldOnceTheRunHasEnded() {
    long child = subRuns.requestRun(task("offers"));
    assertNull(subRuns.endOfRun(child));

    store.runLedger().close(child, RunState.FAILED, ERROR, Instant.EPOCH);
    store.runLedger().close(child, RunState.SUCCEEDED, null, Instant.EPOCH);

    assertEquals(new SubRunEnd(RunState.FAILED, ERROR), subRuns.endOfRun(child));
    assertEquals(1, told(child));
  }

  @Test
  void shouldTellNobodyOfARunThatNobodyAskedFor() {
    long alone = task("offers").runId();

    store.runLedger().close(alone, RunState.SUCCEEDED, null, Instant.EPOCH);

    assertEquals(0, told(alone));
  }

  @Test
  void shouldCancelTheRunInTheNameOfItsCaller() {
    StageTask task = task("offers");
    long child = subRuns.requestRun(task);

    subRuns.cancelRun(child, task.runId());
    subRuns.cancelRun(child, task.runId());

    assertEquals("run " + task.runId(), store.runs().find(child).orElseThrow().cancelRequestedBy());
  }

  @Test
  void shouldRefuseWhatTheOtherPipelineDoesNotTake() {
    publish(calling("wrong-param", "prices", Map.of("land", Setting.of("eu"))));
    publish(calling("wrong-pipeline", "prises", Map.of()));

    ApplicationFailure param = refused("wrong-param");
    ApplicationFailure pipeline = refused("wrong-pipeline");

    assertEquals(StageFailure.BAD_PIPELINE, param.getType());
    assertEquals(
        "There is no param 'land'; the pipeline takes region.", param.getOriginalMessage());
    assertEquals("There is no pipeline prises.", pipeline.getOriginalMessage());
  }

  @Test
  void shouldRefuseACycleOfPipelines() {
    publish(calling("first", "second", Map.of()));
    Graph second = calling("second", "first", Map.of());
    assertEquals(
        Optional.of(
            "The pipeline 'second' would run itself: second runs first runs second. Take one of"
                + " these calls out."),
        store.pipelines().cycleThrough(second));
    assertEquals(Optional.empty(), store.pipelines().cycleThrough(prices()));

    publish(second);
    StageTask outer = task("first");
    long inner = subRuns.requestRun(outer);

    ApplicationFailure refusal =
        assertThrows(ApplicationFailure.class, () -> subRuns.requestRun(task(inner)));
    assertEquals(
        "The pipeline 'first' would run itself: first runs second runs first. Take one of these"
            + " calls out.",
        refusal.getOriginalMessage());
  }

  private ApplicationFailure refused(String pipeline) {
    StageTask task = task(pipeline);
    return assertThrows(ApplicationFailure.class, () -> subRuns.requestRun(task));
  }

  private long told(long run) {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "select count(*) from airlock.outbox where kind = 'run-ended' and subject = :run")
                    .bind("run", run)
                    .mapTo(Long.class)
                    .one());
  }

  private StageTask task(String pipeline) {
    return task(
        store
            .runs()
            .request(
                new NewRun(pipeline, Map.of(), Instant.EPOCH, by("engineer"), "engineer", "", null))
            .id());
  }

  private StageTask task(long run) {
    RunRequest request = store.runs().startRequest(run).orElseThrow();
    return new StageTask(
        run,
        request.graph().name(),
        request.version(),
        request.codeDigest(),
        request.logicalDate(),
        request.params(),
        request.requestedBy(),
        request.graph().stages().get(0),
        Map.of());
  }

  private void publish(Graph graph) {
    store.pipelines().publish(graph, Scene.CODE, by("engineer"));
  }

  private static Graph prices() {
    return new Graph(
        "prices",
        "growth",
        null,
        List.of(new ParamSpec("region", ParamType.TEXT, "us", null, null)),
        List.of(stage("load", new Work.Task("com.example.Tasks", "load", "()V", false))));
  }

  private static Graph calling(String name, String other, Map<String, Setting> params) {
    return new Graph(
        name,
        "growth",
        null,
        List.of(),
        List.of(stage("call", new Work.SubPipeline(other, new TreeMap<>(params), true))));
  }

  private static StageSpec stage(String name, Work work) {
    return new StageSpec(
        name, work, List.of(), List.of(), RetrySpec.STANDARD, Duration.ofMinutes(5));
  }
}
