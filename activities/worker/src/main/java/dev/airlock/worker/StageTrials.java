package dev.airlock.worker;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.ModelVersion;
import dev.airlock.dsl.SecretValue;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Nearest;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.load.PipelineJar;
import dev.airlock.dsl.load.PipelineJar.DefinedPipeline;
import dev.airlock.programs.Mask;
import dev.airlock.programs.MaskedFailure;
import dev.airlock.spark.SparkTrials;
import dev.airlock.spark.TrialPlan;
import dev.airlock.store.InvalidParamsException;
import dev.airlock.store.ParamCheck;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Run;
import dev.airlock.store.Store;
import dev.airlock.store.Trial;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.LiveVersion;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.TrialActivities;
import dev.airlock.workflows.TrialRequest;
import dev.airlock.workflows.TrialResult;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries a stage of a pipeline as it is published, or as it stands in a file that came with the
 * request. That file's code is loaded for the trial alone, and forgotten after it.
 */
final class StageTrials implements TrialActivities {

  private static final Logger log = LoggerFactory.getLogger(StageTrials.class);

  private final Store store;
  private final SparkTrials spark;
  private final Code code;
  private final Function<LiveVersion, ModelVersion> liveVersions;
  private final Function<String, SecretValue> secrets;
  private final List<Path> ownFolders;
  private final Documents documents;

  /**
   * The trials of one worker.
   *
   * @param secrets those that tasks name
   * @param ownFolders those that no pipeline may read
   */
  StageTrials(
      Store store,
      SparkTrials spark,
      Code code,
      Function<LiveVersion, ModelVersion> liveVersions,
      Function<String, SecretValue> secrets,
      List<Path> ownFolders,
      Documents documents) {
    this.store = store;
    this.spark = spark;
    this.code = code;
    this.liveVersions = liveVersions;
    this.secrets = secrets;
    this.ownFolders = List.copyOf(ownFolders);
    this.documents = documents;
  }

  /** Where code comes from. */
  interface Code {

    /** The jar of published code. */
    Path published(String digest);

    /**
     * A jar of code that came with a request.
     *
     * @throws ApplicationFailure bad pipeline, where it does not compile
     */
    Path received(String digest, String file);
  }

  @Override
  public void attempt(long trialId) {
    Trial trial = store.trials().find(trialId).orElseThrow();
    if (!store.trials().begin(trialId) && trial.state().isFinal()) {
      return;
    }
    long begun = System.nanoTime();
    try {
      TrialResult result = run(trial);
      long millis = (System.nanoTime() - begun) / 1_000_000;
      store.trials().succeed(trialId, result.took(millis));
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException | IOException e) {
      RuntimeException shown =
          MaskedFailure.of(
              e instanceof RuntimeException failure
                  ? failure
                  : new UncheckedIOException((IOException) e));
      log.info("Trial {} of {} failed.", trialId, trial.request().stage(), shown);
      store.trials().end(trialId, Trial.State.FAILED, StageErrors.of(shown));
    }
  }

  @Override
  public void end(long trialId, boolean cancelled) {
    store
        .trials()
        .end(
            trialId,
            cancelled ? Trial.State.CANCELLED : Trial.State.FAILED,
            cancelled
                ? null
                : new StageError(
                    StageFailure.TIMED_OUT,
                    "The trial did not end within 60 s. Try a smaller --sample.",
                    List.of()));
  }

  private TrialResult run(Trial trial) throws IOException {
    TrialRequest request = trial.request();
    try (PipelineCode loaded = new PipelineCode(digest -> jar(request, digest))) {
      Source source = request.codeDigest() == null ? published(request) : received(request, loaded);
      StageSpec stage = stage(source.graph(), request.stage());
      Optional<Run> run = run(request, source.graph(), stage);
      StageTask task = task(trial, source, stage, run.orElse(null));
      RunFiles files = new RunFiles(loaded, ownFolders);
      Map<String, StageOutput> results = new HashMap<>();
      TrialPlan plan =
          new TrialPlan(
              trial.id(),
              source.graph(),
              task,
              request.sample(),
              name ->
                  Optional.ofNullable(
                      results.computeIfAbsent(
                          name, unread -> result(request, source.graph(), unread, run))));
      return spark.run(plan, files, datasets -> call(task, plan, loaded, datasets));
    }
  }

  private Path jar(TrialRequest request, String digest) {
    return request.codeFile() == null
        ? code.published(digest)
        : code.received(digest, request.codeFile());
  }

  /** A pipeline and the code that defines it. */
  private record Source(Graph graph, int version, String codeDigest) {}

  private Source published(TrialRequest request) {
    String name = request.pipeline();
    if (name == null) {
      throw bad("Name the pipeline: --pipeline NAME, or a file that defines it.");
    }
    PipelineVersion version = store.pipelines().runnable(name);
    return new Source(version.graph(), version.version(), version.codeDigest());
  }

  private static Source received(TrialRequest request, PipelineCode loaded) throws IOException {
    String digest = Objects.requireNonNull(request.codeDigest());
    PipelineCode.LoadedJar jar = loaded.jar(digest);
    PipelineJar content = PipelineJar.read(jar.path(), jar.loader());
    List<DefinedPipeline> fitting =
        content.pipelines().stream()
            .filter(
                pipeline ->
                    request.pipeline() == null
                        || pipeline.graph().name().equals(request.pipeline()))
            .toList();
    if (fitting.isEmpty() && !content.problems().isEmpty()) {
      List<String> problems = content.problems().stream().map(Object::toString).toList();
      throw StageFailure.of(StageFailure.BAD_PIPELINE, problems.get(0), problems);
    }
    if (fitting.size() != 1) {
      String names =
          String.join(", ", content.pipelines().stream().map(each -> each.graph().name()).toList());
      throw bad(
          fitting.isEmpty()
              ? "%s defines no pipeline '%s', only %s."
                  .formatted(request.codeFile(), request.pipeline(), names)
              : "%s defines several pipelines: name one of %s with --pipeline."
                  .formatted(request.codeFile(), names));
    }
    return new Source(fitting.get(0).graph(), 1, digest);
  }

  private static StageSpec stage(Graph graph, String name) {
    List<String> names = graph.stages().stream().map(StageSpec::name).toList();
    return graph
        .stage(name)
        .orElseThrow(
            () ->
                bad(
                    "%s has no stage '%s'. %s"
                        .formatted(graph.name(), name, Nearest.suggestion(name, names))));
  }

  /** The run whose results are read. */
  private Optional<Run> run(TrialRequest request, Graph graph, StageSpec stage) {
    if (request.run() == null) {
      return store.trials().newestWith(graph.name(), stage.inputs(), stage.inputs().size());
    }
    Run run =
        store
            .runs()
            .find(request.run())
            .orElseThrow(() -> bad("There is no run %d.".formatted(request.run())));
    if (!run.pipeline().equals(graph.name())) {
      throw bad(
          "Run %d is one of %s, not of %s.".formatted(run.id(), run.pipeline(), graph.name()));
    }
    return Optional.of(run);
  }

  /** In a run that was named, that run alone; else the newest that got through the stage. */
  private @Nullable StageOutput result(
      TrialRequest request, Graph graph, String stage, Optional<Run> run) {
    Optional<StageOutput> ofRun = run.flatMap(found -> store.trials().output(found.id(), stage));
    if (ofRun.isPresent()) {
      return ofRun.get();
    }
    if (request.run() != null) {
      throw bad("Run %d has no result of %s.".formatted(request.run(), stage));
    }
    return store.trials().newestOutput(graph.name(), stage).orElse(null);
  }

  /** With the run's own params and logical date, as far as the request says nothing else. */
  private static StageTask task(Trial trial, Source source, StageSpec stage, @Nullable Run run) {
    TrialRequest request = trial.request();
    Graph graph = source.graph();
    Map<String, String> given = new LinkedHashMap<>();
    if (run != null) {
      graph
          .params()
          .forEach(
              param -> {
                String value = run.params().get(param.name());
                if (value != null) {
                  given.put(param.name(), value);
                }
              });
    }
    given.putAll(request.params());
    Instant logicalDate =
        request.logicalDate() != null
            ? request.logicalDate()
            : run == null ? Instant.now() : run.logicalDate();
    return new StageTask(
        0,
        graph.name(),
        source.version(),
        source.codeDigest(),
        logicalDate,
        params(graph, given),
        trial.requestedBy(),
        stage,
        Map.of());
  }

  private static SortedMap<String, String> params(Graph graph, Map<String, String> given) {
    try {
      return ParamCheck.complete(graph.params(), given);
    } catch (InvalidParamsException e) {
      throw StageFailure.of(StageFailure.BAD_PIPELINE, String.valueOf(e.getMessage()), List.of());
    }
  }

  private SparkTrials.Answer call(
      StageTask task, TrialPlan plan, PipelineCode loaded, Map<String, Dataset> datasets) {
    Map<String, StageOutput> inputs = new LinkedHashMap<>();
    for (String input : task.stage().inputs()) {
      inputs.put(
          input,
          datasets.containsKey(input)
              ? new DatasetVersion(input, 0, 0, null, List.of())
              : plan.results()
                  .apply(input)
                  .orElseThrow(
                      () ->
                          bad(
                              "%s takes what %s gives, and no run has got through %s yet. Run the pipeline once."
                                  .formatted(task.stage().name(), input, input))));
    }
    StageTask filled =
        new StageTask(
            task.runId(),
            task.pipeline(),
            task.version(),
            task.codeDigest(),
            task.logicalDate(),
            task.params(),
            task.requestedBy(),
            task.stage(),
            inputs);
    TaskArguments arguments =
        new TaskArguments(
            version -> Objects.requireNonNull(datasets.get(version.dataset())),
            liveVersions,
            documents::json);
    OwnTasks tasks = new OwnTasks(loaded, arguments, secrets, () -> 1, documents);
    SparkTrials.Answer answer = new TrialCall(tasks, documents).answer(filled, plan.sample());
    return new SparkTrials.Answer(Mask.mask(answer.json()), answer.notes());
  }

  private static ApplicationFailure bad(String sentence) {
    return StageFailure.of(StageFailure.BAD_PIPELINE, sentence);
  }
}
