package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.LimitSpec;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Backfill.Rerun;
import dev.airlock.store.Backfill.Sequence;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Runs that nobody would carry out are refused when they are asked for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class QueuesTest {

  private static final String REFUSAL =
      "The stage 'train' is for the queue 'gpu', which no worker takes. Start one with AIRLOCK_QUEUES=gpu, or take onQueue away.";

  private final Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS);
  private TestDatabase database;
  private Store store;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
    publish("c".repeat(64));
  }

  private void publish(String codeDigest) {
    store
        .pipelines()
        .publish(
            new Graph(
                "shop",
                "growth",
                new ScheduleSpec("0 0 * * *", "UTC"),
                List.of(),
                List.of(stage("count", null), stage("train", "gpu")),
                null),
            codeDigest,
            by("engineer"));
  }

  @AfterAll
  void close() {
    database.close();
  }

  @BeforeEach
  void forgetWorkers() {
    database.owner().useHandle(handle -> handle.execute("delete from worker_queue"));
  }

  private static StageSpec stage(String name, @Nullable String queue) {
    return new StageSpec(
        name,
        new Work.Task("com.example.Tasks", "run", "()V", false),
        List.of(),
        List.of(),
        RetrySpec.STANDARD,
        Duration.ofMinutes(5),
        null,
        queue == null ? null : new LimitSpec(null, 0, null, queue),
        null);
  }

  private RequestedRun request() {
    return store.runs().request(new NewRun("shop", Map.of(), null, by("e"), "e", "", null));
  }

  @Test
  void shouldRefuseARunUntilAWorkerTakesItsQueue() {
    store.queues().tell("worker-1", List.of("cpu"));

    InvalidParamsException refusal = assertThrows(InvalidParamsException.class, this::request);
    assertEquals(List.of(REFUSAL), refusal.problems());
    assertEquals(Map.of("", REFUSAL), store.runs().paramFaults("shop", Map.of()));

    store.queues().tell("worker-2", List.of("gpu", "cpu"));
    store.queues().tell("worker-2", List.of("gpu", "cpu"));

    assertTrue(request().isNew());
    assertEquals(Map.of(), store.runs().paramFaults("shop", Map.of()));
  }

  @Test
  void shouldForgetAWorkerThatHasBeenSilentForTwoMinutes() {
    store.queues().tell("worker-1", List.of("gpu"));
    age("1 minute");
    request();

    age("2 minutes");

    assertThrows(InvalidParamsException.class, this::request);
  }

  private void age(String by) {
    database
        .owner()
        .useHandle(
            handle ->
                handle.execute("update worker_queue set seen_at = seen_at - ?::interval", by));
  }

  @Test
  void shouldLeaveATimeOfItsScheduleOutAndSayWhy() {
    store.runLedger().requestScheduled("shop", today.minus(Duration.ofDays(2)));

    var leftOut = store.scheduledTimes().at("shop", today.minus(Duration.ofDays(2))).orElseThrow();
    assertEquals(REFUSAL, leftOut.leftOut());

    store.queues().tell("worker-1", List.of("gpu"));

    assertNotNull(store.runLedger().requestScheduled("shop", today.minus(Duration.ofDays(1))));
  }

  @Test
  void shouldResumeWithoutAWorkerForAStageWhoseResultIsTakenOver(@TempDir Path folder) {
    FileArtifactStore artifacts = new FileArtifactStore(folder);
    publish(artifacts.put("the jar".getBytes(StandardCharsets.UTF_8)));
    store.queues().tell("worker-1", List.of("gpu"));
    long run = request().id();
    store
        .runLedger()
        .record(
            run,
            List.of(
                new StageChange(
                    1,
                    "train",
                    StageState.SUCCEEDED,
                    Instant.now(),
                    new StageOutput.TaskResult("1"),
                    null),
                new StageChange(
                    2,
                    "count",
                    StageState.FAILED,
                    Instant.now(),
                    null,
                    new StageError("x", "it broke", List.of()))),
            RunState.RUNNING);
    store.runLedger().close(run, RunState.FAILED, null, Instant.now());
    forgetWorkers();

    assertEquals(
        List.of(REFUSAL),
        assertThrows(
                InvalidParamsException.class,
                () -> store.resumes(artifacts).resume(resume(run, "train")))
            .problems());
    assertTrue(store.resumes(artifacts).resume(resume(run, "count")).isNew());
  }

  private static ResumeWish resume(long run, String from) {
    return new ResumeWish(
        run, List.of(from), ResumeWish.Code.SAME, Map.of(), by("engineer"), "", null);
  }

  @Test
  void shouldRefuseABackfill() {
    NewBackfill wish =
        new NewBackfill(
            "shop",
            today.minus(Duration.ofDays(9)),
            today.minus(Duration.ofDays(8)),
            Map.of(),
            1,
            Sequence.OLDEST,
            Rerun.NONE,
            "",
            by("engineer"),
            null);

    assertEquals(
        REFUSAL,
        assertThrows(InvalidBackfillException.class, () -> store.backfills().request(wish))
            .getMessage());
  }

  @Test
  void shouldNameQueuesWithThoseThatTakeThemAndThoseThatAreForThem() {
    store.queues().tell("worker-1", List.of("spare"));

    assertEquals(
        List.of(
            new QueueName("gpu", false, List.of("shop/train")),
            new QueueName("spare", true, List.of())),
        store.queues().names());
  }
}
