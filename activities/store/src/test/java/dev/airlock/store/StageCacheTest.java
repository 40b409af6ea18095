package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.CacheSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.CacheAnswer;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageState;
import dev.airlock.workflows.StageTask;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StageCacheTest {

  private static final String PIPELINE = "cached";
  private static final Map<String, StageOutput> INPUTS = Map.of("orders", Scene.DATA);
  private static final StageOutput RESULT = new StageOutput.TaskResult("7");

  private TestDatabase database;
  private Store store;
  private FileArtifactStore artifacts;
  private StageCache cache;
  private String jar = "";

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    artifacts = new FileArtifactStore(folder);
    cache = store.stageCache(artifacts);
  }

  @AfterAll
  void close() {
    database.close();
  }

  @BeforeEach
  void fresh() {
    database.emptied();
    publish("one jar", "select 1", null);
  }

  private void publish(String code, String sql, @Nullable Duration within) {
    jar = artifacts.put(code.getBytes(StandardCharsets.UTF_8));
    Graph graph =
        new Graph(
            PIPELINE,
            "growth",
            null,
            List.of(new ParamSpec("horizon-days", ParamType.INTEGER, "90", null, null)),
            List.of(
                stage(
                    "orders",
                    new Work.Ingest(new SourceSpec.Csv(Setting.of("orders.csv"), List.of())),
                    within),
                stage("features", new Work.Transform(sql), within, "orders"),
                stage("score", new Work.Task("Tasks", "score", "()V", false), within, "orders")));
    store.pipelines().publish(graph, jar, by("engineer"));
  }

  private static StageSpec stage(
      String name, Work work, @Nullable Duration within, String... inputs) {
    return new StageSpec(
        name,
        work,
        List.of(inputs),
        List.of("horizon-days"),
        RetrySpec.STANDARD,
        Duration.ofMinutes(5),
        null,
        null,
        new CacheSpec(within));
  }

  private StageTask task(
      String stage, Map<String, StageOutput> inputs, Map<String, String> params) {
    return task(stage, inputs, params, "1997-12-31T08:00:00Z");
  }

  private StageTask task(
      String stage, Map<String, StageOutput> inputs, Map<String, String> params, String at) {
    long id =
        store
            .runs()
            .request(
                new NewRun(
                    PIPELINE, params, Instant.parse(at), by("engineer"), "engineer", "", null))
            .id();
    RunRequest run = store.runs().startRequest(id).orElseThrow();
    return new StageTask(
        id,
        PIPELINE,
        run.version(),
        run.codeDigest(),
        run.logicalDate(),
        run.params(),
        run.requestedBy(),
        run.graph().stage(stage).orElseThrow(),
        inputs);
  }

  private void succeeds(StageTask task, StageOutput output) {
    store
        .runLedger()
        .record(
            task.runId(),
            List.of(
                new StageChange(
                    1, task.stage().name(), StageState.SUCCEEDED, Instant.now(), output, null)),
            RunState.RUNNING);
  }

  /** A first run of the stage, which looks, misses and succeeds. */
  private long ran(String stage, StageOutput output) {
    return ran(stage, output, "no earlier run has a result of it");
  }

  private long ran(String stage, StageOutput output, String why) {
    StageTask first = task(stage, INPUTS, Map.of());
    String reason = cache.look(first, null).reason();
    assertTrue(reason.startsWith(why), reason);
    succeeds(first, output);
    return first.runId();
  }

  private CacheAnswer look(String stage) {
    return cache.look(task(stage, INPUTS, Map.of()), null);
  }

  @Test
  void shouldTakeAResultWhoseCodeInputsAndParamsAreTheSame() {
    long first = ran("features", Scene.DATA);

    CacheAnswer answer = look("features");

    assertEquals(
        new CacheAnswer(Scene.DATA, first, "code, inputs and params are those of run " + first),
        answer);
  }

  @Test
  void shouldNameTheRunThatMadeItHoweverOftenItWasTaken() {
    long first = ran("features", Scene.DATA);
    for (int i = 0; i < 3; i++) {
      StageTask again = task("features", INPUTS, Map.of());
      assertEquals(first, cache.look(again, null).madeBy());
      store
          .runLedger()
          .record(
              again.runId(),
              List.of(
                  new StageChange(
                      1, "features", StageState.CACHED, Instant.now(), Scene.DATA, null)),
              RunState.RUNNING);
    }
  }

  @Test
  void shouldSayWhatChangedWhenItMisses() {
    long first = ran("features", Scene.DATA);
    StageOutput other = new StageOutput.DatasetVersion("cached.orders", 8, 1, null, List.of());

    assertEquals(
        "input orders changed since run " + first,
        cache.look(task("features", Map.of("orders", other), Map.of()), null).reason());
    assertEquals(
        "param horizon-days changed from 90 to 60 since run " + first,
        cache.look(task("features", INPUTS, Map.of("horizon-days", "60")), null).reason());
    publish("one jar", "select 2", null);
    assertEquals("code changed since run " + first, look("features").reason());
  }

  @Test
  void shouldLookAtTheJarForATaskAlone() {
    long features = ran("features", Scene.DATA);
    long score = ran("score", RESULT);
    publish("another jar", "select 1", null);

    assertEquals(features, look("features").madeBy());
    assertNull(look("score").madeBy());
    assertEquals("code changed since run " + score, look("score").reason());
  }

  private CacheAnswer lookAt(String stage, String moment) {
    return cache.look(task(stage, INPUTS, Map.of(), moment), null);
  }

  @Test
  void shouldLookAtWhatTheStageMaySeeOfTheLogicalDate() {
    publish("one jar", "select :as_of", null);
    long features = ran("features", Scene.DATA);
    long score = ran("score", RESULT);

    assertEquals(features, lookAt("features", "1997-12-31T22:00:00Z").madeBy(), ":as_of is a day");
    assertEquals(
        "the logical date changed from 1997-12-31 to 1998-01-01 since run " + features,
        lookAt("features", "1998-01-01T00:00:00Z").reason());
    assertEquals(score, lookAt("score", "1997-12-31T08:00:00Z").madeBy());
    assertEquals(
        "the logical date changed from 1997-12-31T08:00:00Z to 1997-12-31T09:00:00Z since run "
            + score,
        lookAt("score", "1997-12-31T09:00:00Z").reason(),
        "a task can see the hour");
    publish("one jar", "select 1", null);
    long timeless = ran("features", Scene.DATA, "code changed since run ");
    assertEquals(
        timeless,
        lookAt("features", "1998-01-01T00:00:00Z").madeBy(),
        "SQL without :as_of does not ask");
  }

  @Test
  void shouldTakeARunByHandWithoutADateOfItsOwnForItsDay() {
    StageTask byHand = task("score", INPUTS, Map.of(), "1997-12-31T08:00:00.123456Z");
    cache.look(byHand, null);
    succeeds(byHand, RESULT);

    assertEquals(byHand.runId(), lookAt("score", "1997-12-31T08:05:00.654321Z").madeBy());
    assertEquals(
        "the logical date changed from 1997-12-31 to 1997-12-31T08:00:00Z since run "
            + byHand.runId(),
        lookAt("score", "1997-12-31T08:00:00Z").reason());
  }

  @Test
  void shouldMissWhenTheResultIsTooOldOrGone() {
    publish("one jar", "select 1", Duration.ofDays(7));
    long first = ran("features", Scene.DATA);
    assertEquals(first, look("features").madeBy());
    database
        .owner()
        .useHandle(
            handle -> handle.execute("update stage set ended_at = now() - interval '8 days'"));
    assertEquals(
        "the result of run %d is older than 7 days".formatted(first), look("features").reason());

    long branched =
        ran("score", new StageOutput.DatasetVersion("cached.x", 5, 1, "run_1_x_a1", List.of()));
    store.datasets().dropping("cached.x", "run_1_x_a1");
    assertEquals(
        "the result of run %d is gone: its snapshot 5 of cached.x lay on the branch run_1_x_a1, which was dropped unpublished"
            .formatted(branched),
        look("score").reason());
  }

  @Test
  void shouldTakeAnIngestOnlyWhereItReadWhatItLookedAt() {
    StageTask first = task("orders", Map.of(), Map.of());
    cache.look(first, "digest one");
    store.attempts().claim(first.runId(), "orders", 1, "worker");
    store.datasets().read(first.runId(), "orders", 1, "digest two");
    succeeds(first, Scene.DATA);
    assertEquals(
        "no earlier run has a result of it",
        cache.look(task("orders", Map.of(), Map.of()), "digest one").reason(),
        "the file changed between the look and the reading");

    StageTask second = task("orders", Map.of(), Map.of());
    cache.look(second, "digest one");
    store.attempts().claim(second.runId(), "orders", 1, "worker");
    store.datasets().read(second.runId(), "orders", 1, "digest one");
    succeeds(second, Scene.DATA);
    assertEquals(
        second.runId(), cache.look(task("orders", Map.of(), Map.of()), "digest one").madeBy());
    assertEquals(
        "its source changed since run " + second.runId(),
        cache.look(task("orders", Map.of(), Map.of()), "digest two").reason());
    assertEquals(
        "its source can't be read", cache.look(task("orders", Map.of(), Map.of()), null).reason());
  }

  @Test
  void shouldStayWithItsFirstAnswer() {
    StageTask early = task("features", INPUTS, Map.of());
    CacheAnswer miss = cache.look(early, null);
    StageTask other = task("features", INPUTS, Map.of());
    cache.look(other, null);
    succeeds(other, Scene.DATA);

    assertEquals(miss, cache.look(early, null), "the worker died between the row and its answer");
  }
}
