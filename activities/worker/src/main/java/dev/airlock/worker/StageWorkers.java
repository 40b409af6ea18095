package dev.airlock.worker;

import dev.airlock.dsl.ModelVersion;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.monitoring.MonitorChecks;
import dev.airlock.monitoring.RolloutAnalyses;
import dev.airlock.programs.WorkerPrograms;
import dev.airlock.spark.Artifacts;
import dev.airlock.spark.Champions;
import dev.airlock.spark.SourceDigest;
import dev.airlock.spark.SparkDatasetActivities;
import dev.airlock.spark.SparkDatasets;
import dev.airlock.spark.SparkSessions;
import dev.airlock.spark.SparkTrainingActivities;
import dev.airlock.spark.SparkTrials;
import dev.airlock.store.HaltPoint;
import dev.airlock.store.Store;
import dev.airlock.workflows.StageOutput.LiveVersion;
import dev.airlock.workflows.TaskQueues;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.activity.Activity;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What this process takes from which of Temporal's task queues, and how much of it at a time. */
final class StageWorkers implements AutoCloseable {

  /** Stages that use the Spark driver at the same time. */
  private static final int SPARK_STAGES = 4;

  private static final int OWN_TASKS = 16;

  /** Trials of single stages at the same time, beside the stages of runs. */
  private static final int TRIALS = 2;

  /** Checks of monitors and looks at rollouts at the same time. */
  private static final int LOOKS = 4;

  private final Premises here;
  private final Store store;
  private final WorkerFactory factory;

  /** Signs of life to Temporal, and nothing else: they wait for no other server. */
  private final ScheduledExecutorService heartbeats = Rounds.threads("airlock-heartbeat", 3);

  StageWorkers(Premises here) {
    this.here = here;
    this.store = here.store();
    StageInterceptor interceptor =
        new StageInterceptor(
            store.attempts(),
            here.artifacts(),
            heartbeats,
            new StageInterceptor.Surroundings(here.name(), environment(), here.logs()),
            here.spark()::takeEventLog);
    this.factory =
        WorkerFactory.newInstance(
            here.client(),
            WorkerFactoryOptions.newBuilder().setWorkerInterceptors(interceptor).build());
    register();
  }

  /** Takes work from now on. */
  void start() {
    factory.start();
  }

  private void register() {
    Documents documents = new Documents(here.artifacts());
    TaskArguments arguments =
        new TaskArguments(new SparkDatasets(here.spark())::open, this::version, documents::json);
    OwnTasks tasks =
        new OwnTasks(
            here.code(), arguments, here.vault()::secret, StageWorkers::attempt, documents);
    OwnItems items =
        new OwnItems(
            here.code(),
            arguments,
            here.vault()::secret,
            documents,
            store.items(),
            here.logs(),
            here.name());
    Object[] stages = {
      tasks, items, programs(documents), new OwnSensors(tasks, store.sensorLooks())
    };
    WorkerQueues queues = here.config().queues();
    for (String queue : queues.named()) {
      factory
          .newWorker(TaskQueues.tasks(queue), atOnce(OWN_TASKS))
          .registerActivitiesImplementations(stages);
    }
    if (queues.shared()) {
      registerShared(tasks, stages);
    }
  }

  private void registerShared(OwnTasks tasks, Object[] stages) {
    HaltPoint haltPoint = haltPoint();
    StoredCache cache =
        new StoredCache(store.stageCache(here.artifacts()), new SourceDigest(files()));
    Worker control = factory.newWorker(TaskQueues.CONTROL, WorkflowTypes.workerOptions().build());
    WorkflowTypes.register(control);
    control.registerActivitiesImplementations(
        store.runLedger(),
        store.registry(here.artifacts(), haltPoint),
        store.approvalActivities(here.artifacts()),
        store.deployments(),
        store.subRuns(),
        store.routing(haltPoint),
        store.rolloutActivities(haltPoint),
        cache,
        store.waiting(),
        store.itemLedger(),
        tasks);
    Worker heavy = factory.newWorker(TaskQueues.SPARK, atOnce(SPARK_STAGES));
    heavy.registerActivitiesImplementations(datasets(), training(), cache);
    Worker runs = factory.newWorker(TaskQueues.TASKS, atOnce(OWN_TASKS));
    WorkflowTypes.registerRuns(runs);
    runs.registerActivitiesImplementations(store.runLedger(), store.waiting());
    runs.registerActivitiesImplementations(stages);
    factory
        .newWorker(TaskQueues.TRIALS, atOnce(TRIALS))
        .registerActivitiesImplementations(trials());
    factory
        .newWorker(TaskQueues.MONITORS, atOnce(LOOKS))
        .registerActivitiesImplementations(
            new MonitorChecks(store, here.artifacts()),
            new RolloutAnalyses(store, here.artifacts()));
  }

  private HaltPoint haltPoint() {
    return here.config()
        .haltPoint()
        .<HaltPoint>map(name -> new FileHaltPoint(name, here.config().home().resolve("halted")))
        .orElse(HaltPoint.NONE);
  }

  private WorkerPrograms programs(Documents documents) {
    return new WorkerPrograms(
        here.vault(),
        new ProgramWorld(
            here.code(), new SparkDatasets(here.spark())::open, store.attempts(), documents),
        here.config().home().resolve("scratch/programs"),
        System.getenv(),
        here.config().sparkMaster());
  }

  private static WorkerOptions atOnce(int activities) {
    return WorkflowTypes.workerOptions().setMaxConcurrentActivityExecutionSize(activities).build();
  }

  private RunFiles files() {
    return new RunFiles(here.code(), ownFolders());
  }

  private List<Path> ownFolders() {
    return List.of(realPath(here.config().home()), Premises.MOUNTED_SECRETS, Path.of("/proc"));
  }

  private StageTrials trials() {
    return new StageTrials(
        store,
        new SparkTrials(here.spark(), artifacts(), here.mask()),
        new TrialCode(here.artifacts()::file, here.config().home().resolve("scratch/trials")),
        this::version,
        here.vault()::secret,
        ownFolders(),
        new Documents(here.artifacts()));
  }

  private static Path realPath(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException("AIRLOCK_HOME can't be read: " + folder, e);
    }
  }

  private SparkDatasetActivities datasets() {
    return new SparkDatasetActivities(
        here.spark(),
        new StoreDatasetLedger(store, here.artifacts()),
        this::graph,
        files(),
        here.mask(),
        StageWorkers::attempt);
  }

  private SparkTrainingActivities training() {
    Champions champions =
        model ->
            store
                .models()
                .live(model)
                .map(
                    live ->
                        new Champions.LiveModel(
                            live.version(),
                            live.artifactDigest(),
                            store
                                .models()
                                .version(model, live.version())
                                .map(version -> version.evidenceDigest())
                                .orElse(null)));
    return new SparkTrainingActivities(
        here.spark(), artifacts(), this::graph, champions, StageWorkers::attempt);
  }

  /** The number that Temporal gives the attempt that the current thread runs. */
  private static int attempt() {
    return Activity.getExecutionContext().getInfo().getAttempt();
  }

  private Graph graph(String pipeline, int version) {
    return store.pipelines().version(pipeline, version).orElseThrow().graph();
  }

  private Artifacts artifacts() {
    return new Artifacts() {
      @Override
      public String put(byte[] bytes) {
        return here.artifacts().put(bytes);
      }

      @Override
      public byte[] get(String digest) {
        return here.artifacts().get(digest);
      }
    };
  }

  private ModelVersion version(LiveVersion live) {
    dev.airlock.store.ModelVersion row =
        store.models().version(live.model(), live.version()).orElseThrow();
    return new TaskArguments.KnownVersion(row.model(), row.version(), row.artifactDigest());
  }

  private SortedMap<String, String> environment() {
    SortedMap<String, String> environment = new TreeMap<>();
    environment.put("java", System.getProperty("java.version"));
    environment.put("spark", SparkSessions.version());
    environment.put("spark.master", here.config().sparkMaster());
    return environment;
  }

  /** Takes no more work, and gives what is under way three seconds to end. */
  @Override
  public void close() {
    factory.shutdownNow();
    factory.awaitTermination(3, TimeUnit.SECONDS);
    heartbeats.shutdownNow();
  }
}
