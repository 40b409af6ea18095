package dev.airlock.store;

import static dev.airlock.store.Actors.by;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.local.PostgresServer;
import dev.airlock.local.TemporalServer;
import dev.airlock.local.TemporaryFolder;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.TaskQueues;
import dev.airlock.workflows.UserTaskActivities;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long a pipeline's first stage waits behind 5,000 isolated stages of another one, on a real
 * Temporal server and PostgreSQL, with a worker of eight slots. {@code bench/fairness} runs it.
 */
public final class FairnessBench {

  private static final int RUNS = Integer.getInteger("fairness.runs", 10);
  private static final int STAGES = 500;
  private static final int SLOTS = 8;
  private static final Duration EACH = Duration.ofMillis(20);

  private final Store store;
  private final AtomicInteger done = new AtomicInteger();
  private final Map<Long, Instant> started = new ConcurrentHashMap<>();

  private FairnessBench(Store store) {
    this.store = store;
  }

  /** Measures and prints medians. The number of rounds may be given. */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    Path folder = TemporaryFolder.make("airlock-fairness");
    try (TestDatabase database = TestDatabase.in(PostgresServer.shared());
        TemporalServer temporal =
            TemporalServer.start(
                TemporalServer.installed().orElseThrow(),
                folder.resolve("temporal.db"),
                0,
                folder.resolve("temporal.log"))) {
      new FairnessBench(database.store()).measure(temporal.target(), rounds);
    }
    System.exit(0);
  }

  private void measure(String target, int rounds) throws InterruptedException {
    WorkflowClient client = client(target);
    WorkerFactory factory = WorkerFactory.newInstance(client);
    Worker control = factory.newWorker(TaskQueues.CONTROL, WorkflowTypes.workerOptions().build());
    WorkflowTypes.register(control);
    control.registerActivitiesImplementations(store.runLedger(), store.waiting());
    Worker runs =
        factory.newWorker(
            TaskQueues.TASKS,
            WorkflowTypes.workerOptions().setMaxConcurrentActivityExecutionSize(SLOTS).build());
    WorkflowTypes.registerRuns(runs);
    runs.registerActivitiesImplementations(new Tasks(), store.runLedger(), store.waiting());
    factory.start();
    store.pipelines().publish(graph("many", STAGES), "c".repeat(64), by("engineer"));
    store.pipelines().publish(graph("few", 1), "c".repeat(64), by("engineer"));
    OutboxDispatcher outbox = OutboxDispatcher.start(store, client);
    try {
      List<Long> alone = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        alone.add(firstStage());
      }
      Instant begun = Instant.now();
      for (int i = 0; i < RUNS; i++) {
        request("many");
      }
      // Until the queue is there, and its stages are being worked on.
      while (done.get() < 100) {
        Thread.sleep(50);
      }
      List<Long> behind = new ArrayList<>();
      List<Integer> left = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        left.add(RUNS * STAGES - done.get());
        behind.add(firstStage());
        Thread.sleep(1_000);
      }
      while (done.get() < RUNS * STAGES) {
        Thread.sleep(100);
      }
      Duration all = Duration.between(begun, Instant.now());
      System.out.printf("first stage alone:         %s, median %d ms%n", alone, median(alone));
      System.out.printf(
          "first stage behind a queue: %s, median %d ms; stages left then: %s%n",
          behind, median(behind), left);
      System.out.printf(
          "the %d stages of the other took %.1f s, %.0f/s%n",
          RUNS * STAGES, all.toMillis() / 1e3, RUNS * STAGES * 1e3 / all.toMillis());
    } finally {
      factory.shutdownNow();
      outbox.close();
    }
  }

  private static WorkflowClient client(String target) {
    return WorkflowClient.newInstance(
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(target).build()),
        WorkflowClientOptions.newBuilder().setDataConverter(WorkflowTypes.dataConverter()).build());
  }

  /** From the request to the start of the first stage's work, in milliseconds. */
  private long firstStage() throws InterruptedException {
    Instant asked = Instant.now();
    long run = request("few");
    while (!started.containsKey(run)) {
      Thread.sleep(2);
    }
    return Duration.between(asked, started.get(run)).toMillis();
  }

  private long request(String pipeline) {
    return store
        .runs()
        .request(new NewRun(pipeline, Map.of(), null, by("engineer"), "engineer", "", null))
        .id();
  }

  private static Graph graph(String name, int stages) {
    List<StageSpec> specs = new ArrayList<>();
    for (int i = 0; i < stages; i++) {
      specs.add(
          new StageSpec(
              "stage-" + i,
              new Work.Task("bench.Tasks", "work", "()V", false),
              List.of(),
              List.of(),
              RetrySpec.STANDARD,
              Duration.ofMinutes(10)));
    }
    return new Graph(name, "bench", null, List.of(), specs);
  }

  private static long median(List<Long> figures) {
    return figures.stream().sorted().toList().get(figures.size() / 2);
  }

  private final class Tasks implements UserTaskActivities {
    @Override
    public TaskResult call(StageTask task) {
      started.putIfAbsent(task.runId(), Instant.now());
      try {
        Thread.sleep(EACH.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (task.pipeline().equals("many")) {
        done.incrementAndGet();
      }
      return new TaskResult("null");
    }

    @Override
    public TaskResult callShort(StageTask task) {
      return call(task);
    }
  }
}
