package dev.airlock.worker;

import dev.airlock.dsl.ModelVersion;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.monitoring.AlertSender;
import dev.airlock.monitoring.MonitorChecks;
import dev.airlock.monitoring.RolloutAnalyses;
import dev.airlock.programs.Vault;
import dev.airlock.programs.WorkerPrograms;
import dev.airlock.spark.Artifacts;
import dev.airlock.spark.Champions;
import dev.airlock.spark.Graphs;
import dev.airlock.spark.Mask;
import dev.airlock.spark.RowSamples;
import dev.airlock.spark.SourceDigest;
import dev.airlock.spark.SparkDatasetActivities;
import dev.airlock.spark.SparkDatasets;
import dev.airlock.spark.SparkSessions;
import dev.airlock.spark.SparkTrainingActivities;
import dev.airlock.spark.SparkTrials;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.DeadlineWatch;
import dev.airlock.store.HaltPoint;
import dev.airlock.store.LostRuns;
import dev.airlock.store.OutboxDispatcher;
import dev.airlock.store.Runs;
import dev.airlock.store.Service;
import dev.airlock.store.Store;
import dev.airlock.workflows.StageOutput.LiveVersion;
import dev.airlock.workflows.TaskQueues;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.activity.Activity;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that a worker is made of, wired. */
final class WorkerProcess implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WorkerProcess.class);

  /** Stages that use the Spark driver at the same time. */
  private static final int SPARK_STAGES = 4;

  private static final int OWN_TASKS = 16;

  /** Trials of single stages at the same time, beside the stages of runs. */
  private static final int TRIALS = 2;

  /** Checks of monitors and looks at rollouts at the same time. */
  private static final int LOOKS = 4;

  /** How often closed runs are looked for whose histories nobody has kept. */
  private static final Duration CLOSED_RUNS = Duration.ofSeconds(2);

  /** How soon what an attempt says is kept. */
  private static final Duration LOGS = Duration.ofMillis(250);

  /** How often what dead workers have left is looked for. */
  private static final Duration RECOVERY = Duration.ofMinutes(1);

  /** How often the folder of pipelines is looked at. */
  private static final Duration LOOKS_FOR_FILES = Duration.ofMillis(300);

  /** How often code that nobody needs is let go. */
  private static final Duration SWEEP = Duration.ofSeconds(30);

  /** How often schedules are held against the rows of monitors. */
  private static final Duration MONITOR_ROWS = Duration.ofSeconds(3);

  /** How often runs are looked for whose turn has come. */
  private static final Duration OVERDUE = Duration.ofSeconds(2);

  /** How often Temporal is asked after runs that are under way. */
  private static final Duration LOST = Duration.ofSeconds(15);

  private static final Path MOUNTED_SECRETS = Path.of("/run/secrets");

  private final WorkerConfig config;
  private final Store store;
  private final ArtifactStore artifacts;
  private final WorkflowServiceStubs temporal;
  private final WorkflowClient client;

  /** For work that waits for PostgreSQL, Temporal or Spark, and may wait long. */
  private final ScheduledExecutorService clock = threads("airlock-clock", 5);

  /** Signs of life to Temporal, and nothing else: they wait for no other server. */
  private final ScheduledExecutorService heartbeats = threads("airlock-heartbeat", 3);

  /** Runs code of pipelines, which may take its time. */
  private final ScheduledExecutorService publishing = threads("airlock-publishing", 1);

  private final SparkSessions spark;
  private final Mask mask;
  private final PipelineCode code;
  private final Vault vault;
  private final AttemptLogs logs;
  private final WorkerFactory factory;
  private final Optional<OutboxDispatcher> outbox;
  private final Optional<AlertSender> alerts;
  private final Optional<DeadlineWatch> deadlines;

  private WorkerProcess(WorkerConfig config) {
    this.config = config;
    // Spark takes longest to come up: it begins first, and beside everything else.
    this.spark = SparkSessions.start(config.spark());
    this.store = Store.open(config.store(), "airlock-worker");
    this.artifacts = ArtifactStore.open(config.artifacts());
    this.temporal =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(config.temporalTarget()).build());
    this.client =
        WorkflowClient.newInstance(
            temporal,
            WorkflowClientOptions.newBuilder()
                .setNamespace(config.temporalNamespace())
                .setDataConverter(WorkflowTypes.dataConverter())
                .build());
    this.vault = new Vault(System.getenv(), config.home(), MOUNTED_SECRETS);
    this.mask = new Mask(MaskKey.of(config.maskKey(), config.home()));
    this.code = new PipelineCode(artifacts::file);
    this.logs = AttemptLogs.open(config.attemptLogs(), store.logs());
    this.factory = factory();
    Optional<Store> duties = Optional.of(store).filter(any -> config.queues().shared());
    this.outbox = duties.map(rows -> OutboxDispatcher.start(rows, client));
    this.deadlines = duties.map(DeadlineWatch::start);
    this.alerts =
        duties.flatMap(
            rows -> config.webhook().map(webhook -> AlertSender.start(rows.alerts(), webhook)));
  }

  /** Starts it all; returns once it polls for work. */
  static WorkerProcess start(WorkerConfig config) {
    WorkerProcess process = new WorkerProcess(config);
    process.register();
    process.tellQueues();
    process.factory.start();
    process.keepLogs();
    process.tellNames();
    process.repeat(process::letGoOfCode, SWEEP);
    if (config.queues().shared()) {
      process.takeUpDuties();
    }
    return process;
  }

  /** What some worker has to do, beside stages; it publishes, so it runs any pipeline's code. */
  private void takeUpDuties() {
    watchPipelines();
    watchMonitors();
    admitRuns();
    closeLostRuns();
    forgetSamples();
    keepHistories();
    readWantedSamples();
  }

  private WorkerFactory factory() {
    StageInterceptor interceptor =
        new StageInterceptor(
            store.attempts(),
            artifacts,
            heartbeats,
            new StageInterceptor.Surroundings(workerName(), environment(), logs),
            spark::takeEventLog);
    return WorkerFactory.newInstance(
        client, WorkerFactoryOptions.newBuilder().setWorkerInterceptors(interceptor).build());
  }

  private void register() {
    HaltPoint haltPoint =
        config
            .haltPoint()
            .<HaltPoint>map(name -> new FileHaltPoint(name, config.home().resolve("halted")))
            .orElse(HaltPoint.NONE);
    Documents documents = new Documents(artifacts);
    TaskArguments arguments =
        new TaskArguments(new SparkDatasets(spark)::open, this::version, documents::json);
    OwnTasks tasks =
        new OwnTasks(code, arguments, vault::secret, WorkerProcess::attempt, documents);
    OwnItems items =
        new OwnItems(code, arguments, vault::secret, documents, store.items(), logs, workerName());
    Object[] stages = {
      tasks, items, programs(documents), new OwnSensors(tasks, store.sensorLooks())
    };
    for (String queue : config.queues().named()) {
      factory
          .newWorker(TaskQueues.tasks(queue), atOnce(OWN_TASKS))
          .registerActivitiesImplementations(stages);
    }
    if (config.queues().shared()) {
      registerShared(haltPoint, tasks, stages);
    }
  }

  private void registerShared(HaltPoint haltPoint, OwnTasks tasks, Object[] stages) {
    StoredCache cache = new StoredCache(store.stageCache(artifacts), new SourceDigest(files()));
    Worker control = factory.newWorker(TaskQueues.CONTROL, WorkflowTypes.workerOptions().build());
    WorkflowTypes.register(control);
    control.registerActivitiesImplementations(
        store.runLedger(),
        store.registry(artifacts, haltPoint),
        store.approvalActivities(),
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
            new MonitorChecks(store, artifacts), new RolloutAnalyses(store, artifacts));
  }

  private WorkerPrograms programs(Documents documents) {
    return new WorkerPrograms(
        vault,
        new ProgramWorld(code, new SparkDatasets(spark)::open, store.attempts(), documents),
        config.home().resolve("scratch/programs"),
        System.getenv(),
        config.sparkMaster());
  }

  private static WorkerOptions atOnce(int activities) {
    return WorkflowTypes.workerOptions().setMaxConcurrentActivityExecutionSize(activities).build();
  }

  private RunFiles files() {
    return new RunFiles(code, ownFolders());
  }

  private List<Path> ownFolders() {
    return List.of(realPath(config.home()), MOUNTED_SECRETS, Path.of("/proc"));
  }

  private StageTrials trials() {
    return new StageTrials(
        store,
        new SparkTrials(spark, artifacts(), mask),
        new TrialCode(artifacts::file, config.home().resolve("scratch/trials")),
        this::version,
        vault::secret,
        ownFolders(),
        new Documents(artifacts));
  }

  private static Path realPath(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException("AIRLOCK_HOME can't be read: " + folder, e);
    }
  }

  private StoreDatasetLedger ledger() {
    return new StoreDatasetLedger(store, artifacts);
  }

  private SparkDatasetActivities datasets() {
    return new SparkDatasetActivities(
        spark, ledger(), graphs(), files(), mask, WorkerProcess::attempt);
  }

  private SparkTrainingActivities training() {
    Champions champions =
        model ->
            store
                .models()
                .live(model)
                .map(live -> new Champions.LiveModel(live.version(), live.artifactDigest()));
    return new SparkTrainingActivities(
        spark, artifacts(), graphs(), champions, WorkerProcess::attempt);
  }

  /** The number that Temporal gives the attempt that the current thread runs. */
  private static int attempt() {
    return Activity.getExecutionContext().getInfo().getAttempt();
  }

  private Graphs graphs() {
    return this::graph;
  }

  private Graph graph(String pipeline, int version) {
    return store.pipelines().version(pipeline, version).orElseThrow().graph();
  }

  private Artifacts artifacts() {
    return new Artifacts() {
      @Override
      public String put(byte[] bytes) {
        return artifacts.put(bytes);
      }

      @Override
      public byte[] get(String digest) {
        return artifacts.get(digest);
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
    environment.put("spark.master", config.sparkMaster());
    return environment;
  }

  private ScheduleClient schedules() {
    return ScheduleClient.newInstance(
        temporal,
        ScheduleClientOptions.newBuilder()
            .setNamespace(config.temporalNamespace())
            .setDataConverter(WorkflowTypes.dataConverter())
            .build());
  }

  private void watchMonitors() {
    MonitorSchedules schedules =
        new MonitorSchedules(schedules(), config.temporalInMemory(), store.monitors()::list);
    var unused =
        clock.scheduleWithFixedDelay(
            () -> keepSchedules(schedules), 0, MONITOR_ROWS.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** An outage of PostgreSQL or Temporal ends one look, not the looking. */
  private static void keepSchedules(MonitorSchedules schedules) {
    try {
      schedules.reconcile();
    } catch (RuntimeException e) {
      log.warn("The schedules of monitors could not be kept; trying again. {}", e.toString());
    }
  }

  /** Starts runs whose turn has come, should whoever was to do so have died. */
  private void admitRuns() {
    var unused =
        clock.scheduleWithFixedDelay(
            () -> admitRuns(store.runs()), 0, OVERDUE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void closeLostRuns() {
    LostRuns lost = new LostRuns(store, client);
    var unused =
        clock.scheduleWithFixedDelay(
            () -> look(lost), LOST.toSeconds(), LOST.toSeconds(), TimeUnit.SECONDS);
  }

  private static void look(LostRuns lost) {
    try {
      lost.look();
    } catch (RuntimeException e) {
      log.warn("Runs under way could not be looked after; trying again. {}", e.toString());
    }
  }

  private static void admitRuns(Runs runs) {
    try {
      runs.admitOverdue();
    } catch (RuntimeException e) {
      log.warn("Runs that wait their turn could not be looked at; trying again. {}", e.toString());
    }
  }

  /** Of seconds that no window will ask for again, once a day. */
  private void forgetSamples() {
    var unused =
        clock.scheduleWithFixedDelay(
            () -> forgetSamples(store.service()), 1, TimeUnit.DAYS.toMinutes(1), TimeUnit.MINUTES);
  }

  private static void forgetSamples(Service service) {
    try {
      int forgotten = service.forget(Instant.now().minus(Service.KEPT));
      if (forgotten > 0) {
        log.info("Forgot {} samples of gateways that are {} old.", forgotten, Service.KEPT);
      }
    } catch (RuntimeException e) {
      log.warn("Old samples of gateways could not be forgotten; tomorrow again. {}", e.toString());
    }
  }

  private void keepHistories() {
    HistoryKeeper keeper =
        new HistoryKeeper(store.histories(), artifacts, new HistoryReader(client));
    var unused =
        clock.scheduleWithFixedDelay(
            keeper::look, 0, CLOSED_RUNS.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Which named queues this worker takes: before it takes any, so that no run is refused. */
  private void tellQueues() {
    QueueNames names = new QueueNames(workerName(), config.queues().named(), store);
    names.tell();
    long pause = VaultNames.PERIOD.toMillis();
    var unused = clock.scheduleWithFixedDelay(names::tell, pause, pause, TimeUnit.MILLISECONDS);
  }

  /** Which secrets and connections this worker has, by name: files may come and go. */
  private void tellNames() {
    VaultNames names = new VaultNames(workerName(), vault, store);
    var unused =
        clock.scheduleWithFixedDelay(
            names::tell, 0, VaultNames.PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static String workerName() {
    return "worker-" + ProcessHandle.current().pid();
  }

  private void readWantedSamples() {
    WantedSamples wanted =
        new WantedSamples(spark, new RowSamples(spark, mask), ledger(), store.datasetSamples());
    var unused =
        clock.scheduleWithFixedDelay(() -> read(wanted), 1_000, 500, TimeUnit.MILLISECONDS);
  }

  /** An outage of PostgreSQL ends one look, not the looking. */
  private static void read(WantedSamples wanted) {
    try {
      wanted.read();
    } catch (RuntimeException e) {
      log.warn("First rows could not be read; trying again. {}", e.toString());
    }
  }

  private void keepLogs() {
    repeat(logs::flush, LOGS);
    repeat(logs::recover, RECOVERY);
  }

  private void watchPipelines() {
    Schedules schedules = new Schedules(schedules(), config.temporalInMemory());
    PipelineFolder folder =
        new PipelineFolder(config.pipelines(), config.publisher(), store.pipelines(), artifacts);
    Publisher publisher = new Publisher(store, code, schedules::keep);
    var unused =
        publishing.scheduleWithFixedDelay(
            () -> lookForPipelines(folder, publisher),
            0,
            LOOKS_FOR_FILES.toMillis(),
            TimeUnit.MILLISECONDS);
    keepSchedules(schedules);
  }

  /** Once, as soon as both servers answer. */
  private void keepSchedules(Schedules schedules) {
    var unused =
        clock.schedule(
            () -> {
              try {
                schedules.keepAll(store.pipelines());
              } catch (RuntimeException e) {
                log.warn("Schedules could not be kept; trying again. {}", e.toString());
                keepSchedules(schedules);
              }
            },
            1,
            TimeUnit.SECONDS);
  }

  private void repeat(Runnable work, Duration pause) {
    var unused = clock.scheduleWithFixedDelay(work, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Neither an outage nor an error ends more than one look; what was received is published. */
  private static void lookForPipelines(PipelineFolder folder, Publisher publisher) {
    tryOut(folder::scan);
    tryOut(publisher::publishWaiting);
  }

  /** What may fail for now. */
  @FunctionalInterface
  private interface Look {
    void take() throws IOException;
  }

  private static void tryOut(Look look) {
    try {
      look.take();
    } catch (IOException | RuntimeException | Error e) {
      log.warn("Pipelines could not be published; trying again. {}", e.toString());
    }
  }

  private static ScheduledExecutorService threads(String name, int count) {
    AtomicInteger number = new AtomicInteger();
    return Executors.newScheduledThreadPool(
        count, work -> new Thread(work, name + "-" + number.incrementAndGet()));
  }

  /** Closes the class loaders of code that no run works with any more. */
  private void letGoOfCode() {
    try {
      code.retain(store.pipelines().codeInUse());
    } catch (RuntimeException e) {
      log.warn("Code that nobody needs could not be let go; trying again. {}", e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    alerts.ifPresent(AlertSender::close);
    deadlines.ifPresent(DeadlineWatch::close);
    outbox.ifPresent(OutboxDispatcher::close);
    factory.shutdownNow();
    factory.awaitTermination(3, TimeUnit.SECONDS);
    publishing.shutdownNow();
    clock.shutdownNow();
    heartbeats.shutdownNow();
    logs.close();
    spark.close();
    temporal.shutdownNow();
    store.close();
    code.close();
  }
}
