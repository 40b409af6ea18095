package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageState;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RunsTest {

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

  private RequestedRun request(Map<String, String> params, @Nullable String key) {
    return store
        .runs()
        .request(
            new NewRun(
                Scene.PIPELINE,
                params,
                Instant.parse("1997-12-31T00:00:00Z"),
                by("engineer"),
                "engineer",
                "a note",
                key));
  }

  @Test
  void shouldWriteRunAndPendingStagesWhenRequested() {
    RequestedRun requested = request(Map.of("trees", "7"), null);

    RunDetail detail = store.runs().detail(requested.id()).orElseThrow();
    assertTrue(requested.isNew());
    assertEquals(RunState.QUEUED, detail.run().state());
    assertEquals(
        Map.of("orders", "/cdnow.csv.gz", "trees", "7", "first-hold", "PT30M"),
        detail.run().params());
    assertEquals(Instant.parse("1997-12-31T00:00:00Z"), detail.run().logicalDate());
    assertEquals("a note", detail.run().note());
    assertEquals(
        List.of("orders", "evaluate", "register", "approval", "deploy", "watch"),
        detail.stages().stream().map(RunStage::name).toList());
    assertTrue(detail.stages().stream().allMatch(stage -> stage.state() == StageState.PENDING));
    assertEquals("evaluate", detail.stages().get(1).kind());
  }

  @Test
  void shouldHandTheStoredGraphToTheWorkflowWhenStarted() {
    long id = request(Map.of(), null).id();

    var start = store.runs().startRequest(id).orElseThrow();

    assertEquals(Json.write(Scene.graph("ml-leads", 1)), Json.write(start.graph()));
    assertEquals(Scene.CODE, start.codeDigest());
    assertEquals("20", start.params().get("trees"));
  }

  @Test
  void shouldReportEveryProblemWhenParamsAreWrong() {
    InvalidParamsException refusal =
        assertThrows(
            InvalidParamsException.class,
            () -> request(Map.of("trees", "0", "orders", "not a uri", "tress", "3"), null));

    assertEquals(
        List.of(
            "There is no param 'tress'; the pipeline takes orders, trees, first-hold.",
            "Param 'orders' is 'not a uri'; it must be a URI.",
            "Param 'trees' is 0; it must be from 1 to 500."),
        refusal.problems());
  }

  @Test
  void shouldAnswerTheSameRunWhenKeyIsRepeatedByManyAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<RequestedRun> call = () -> request(Map.of(), "the-key");
      List<RequestedRun> answers = new ArrayList<>();
      for (Future<RequestedRun> answer : threads.invokeAll(Collections.nCopies(16, call))) {
        answers.add(answer.get());
      }

      assertEquals(1, answers.stream().map(RequestedRun::id).distinct().count());
      assertEquals(1, answers.stream().filter(RequestedRun::isNew).count());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void shouldRefuseWhenPipelineIsUnknownOrGone() {
    store.pipelines().publish(named("gone"), Scene.CODE, by("engineer"), "gone.jar");
    store.pipelines().withdraw("gone.jar", by("engineer"));

    for (String pipeline : List.of("never-heard-of", "gone")) {
      assertThrows(
          UnknownEntityException.class,
          () ->
              store
                  .runs()
                  .request(new NewRun(pipeline, Map.of(), null, by("engineer"), "e", "", null)));
    }
  }

  private static Graph named(String name) {
    var graph = Scene.graph("ml-leads", 1);
    return new Graph(name, graph.owner(), graph.schedule(), graph.params(), graph.stages());
  }

  @Test
  void shouldKeepNumbersWhenTheSamePairIsPublishedAgain() {
    var first = named("twice");
    var second =
        new Graph("twice", "another-team", first.schedule(), first.params(), first.stages());

    assertEquals(1, store.pipelines().publish(first, Scene.CODE, by("engineer")));
    assertEquals(1, store.pipelines().publish(first, Scene.CODE, by("engineer")));
    assertEquals(2, store.pipelines().publish(second, Scene.CODE, by("engineer")));
    assertEquals(1, store.pipelines().publish(first, Scene.CODE, by("engineer")));
    assertEquals(1, store.pipelines().current("twice").orElseThrow().version());
    assertEquals(List.of(2, 1), store.pipelines().versionNumbers("twice"));
  }

  @Test
  void shouldPageThroughAllRunsWhenFollowingCursors() {
    store.pipelines().publish(named("paged"), Scene.CODE, by("engineer"));
    List<Long> made = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      made.add(
          0,
          store
              .runs()
              .request(new NewRun("paged", Map.of(), null, by("engineer"), "e", "", null))
              .id());
    }

    List<Long> seen = new ArrayList<>();
    String cursor = null;
    do {
      Page<Run> page = store.runs().list("paged", RunState.QUEUED, 3, cursor);
      page.items().forEach(run -> seen.add(run.id()));
      cursor = page.next();
    } while (cursor != null);

    assertEquals(made, seen);
    assertTrue(store.runs().list("paged", RunState.FAILED, 3, null).items().isEmpty());
    assertEquals(made.get(0), store.runs().list(null, null, 1, null).items().get(0).id());
    assertThrows(InvalidCursorException.class, () -> store.runs().list(null, null, 3, "%%%"));
  }

  @Test
  void shouldNoteWhoCancelsUnlessTheRunHasEnded() {
    long id = request(Map.of(), null).id();

    assertTrue(store.runs().cancel(id, by("engineer")));
    assertTrue(store.runs().cancel(id, by("admin")));
    assertEquals("engineer", store.runs().find(id).orElseThrow().cancelRequestedBy());

    store.runLedger().close(id, RunState.CANCELLED, null, Instant.now());
    assertFalse(store.runs().cancel(id, by("engineer")));
    assertThrows(UnknownEntityException.class, () -> store.runs().cancel(999_999, by("engineer")));
  }

  @Test
  void shouldStartOneRunForEachScheduledMomentUnlessPaused() {
    store.pipelines().publish(named("daily"), Scene.CODE, by("publisher"));
    Instant date = Instant.parse("2026-01-01T04:00:00Z");

    Long first = store.runLedger().requestScheduled("daily", date);
    Long again = store.runLedger().requestScheduled("daily", date);
    store.pipelines().setPaused("daily", true, by("engineer"));
    Long paused = store.runLedger().requestScheduled("daily", date.plusSeconds(86_400));

    assertEquals(first, again);
    assertEquals(null, paused);
    Run run = store.runs().find(Objects.requireNonNull(first)).orElseThrow();
    assertEquals("publisher", run.requestedBy());
    assertEquals("schedule", run.triggeredBy());
  }

  @Test
  void shouldFailTheScheduleWhenAParamHasNoDefault() {
    Graph graph = named("needy");
    store
        .pipelines()
        .publish(
            new Graph(
                "needy",
                graph.owner(),
                null,
                List.of(new ParamSpec("shop", ParamType.TEXT, null, null, null)),
                graph.stages()),
            Scene.CODE,
            by("engineer"));

    ApplicationFailure failure =
        assertThrows(
            ApplicationFailure.class,
            () -> store.runLedger().requestScheduled("needy", Instant.now()));

    assertEquals(StageFailure.BAD_PIPELINE, failure.getType());
    assertTrue(failure.getOriginalMessage().contains("'shop' is missing"));
  }

  @Test
  void shouldSettleAPublicationOnce() {
    long good = store.pipelines().receive("good.jar", Scene.CODE, by("engineer"));
    long bad = store.pipelines().receive("bad.jar", Scene.CODE, by("engineer"));
    assertEquals(
        List.of(good, bad),
        store.pipelines().waitingPublications().stream().map(Publication::id).toList());

    CodeFault fault = new CodeFault(null, null, null, "Stage 'x' has no input.");
    store.pipelines().settle(good, List.of(), List.of("orders"));
    store.pipelines().settle(bad, List.of(fault), List.of());
    store.pipelines().settle(bad, List.of(), List.of());

    assertTrue(store.pipelines().waitingPublications().isEmpty());
    assertEquals(
        Publication.State.PUBLISHED, store.pipelines().publication(good).orElseThrow().state());
    Publication refused = store.pipelines().newestPublication("bad.jar").orElseThrow();
    assertEquals(Publication.State.REFUSED, refused.state());
    assertEquals(List.of("Stage 'x' has no input."), refused.problems());
  }
}
