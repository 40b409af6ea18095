package dev.airlock.testing;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.HttpSpec;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.CacheActivities;
import dev.airlock.workflows.CacheAnswer;
import dev.airlock.workflows.CacheQuestion;
import dev.airlock.workflows.DatasetActivities;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.ProgramActivities;
import dev.airlock.workflows.RegistryActivities;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.Judgement;
import dev.airlock.workflows.StageOutput.RegisteredVersion;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.TrainingActivities;
import dev.airlock.workflows.UserTaskActivities;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The stages' activities: they look at nothing, and answer what a real one might. */
final class Players
    implements DatasetActivities,
        TrainingActivities,
        RegistryActivities,
        UserTaskActivities,
        ProgramActivities,
        CacheActivities {

  static final long ROWS = 10_000;

  private final Script script;
  private final Map<String, Integer> attempts = new LinkedHashMap<>();

  Players(Script script) {
    this.script = script;
  }

  /** How often each stage was tried. */
  synchronized Map<String, Integer> attempts() {
    return new LinkedHashMap<>(attempts);
  }

  @Override
  public DatasetVersion ingest(StageTask task) {
    begin(task);
    Work.Ingest work = (Work.Ingest) task.stage().work();
    SourceSpec.Csv source = (SourceSpec.Csv) work.source();
    return dataset(task, "run-" + task.runId(), source.columns());
  }

  @Override
  public DatasetVersion validate(StageTask task) {
    begin(task);
    DatasetVersion checked = first(task, DatasetVersion.class);
    return new DatasetVersion(
        checked.dataset(), checked.snapshotId(), checked.rows(), null, checked.columns());
  }

  @Override
  public DatasetVersion transform(StageTask task) {
    begin(task);
    return dataset(task, null, List.of());
  }

  @Override
  public TrainedCandidate train(StageTask task) {
    begin(task);
    Work.Train work = (Work.Train) task.stage().work();
    LocalDate holdout = day(task).minusDays(embargo(task, work.split().embargoDays()));
    return new TrainedCandidate(
        task.stage().name(),
        digest(task),
        work.trainer().algorithm(),
        work.trainer().label(),
        work.trainer().features(),
        List.of(holdout.minusDays(2 * embargo(task, work.split().embargoDays()))),
        ROWS,
        first(task, DatasetVersion.class));
  }

  @Override
  public Judgement evaluate(StageTask task) {
    begin(task);
    Work.Evaluate work = (Work.Evaluate) task.stage().work();
    TrainedCandidate chosen = first(task, TrainedCandidate.class);
    SortedMap<String, Double> figures = figures(work, chosen.algorithm().isClassifier());
    long embargo = embargo(task, work.split().embargoDays());
    LocalDate holdout = day(task).minusDays(embargo);
    return new Judgement(chosen, holdout.minusDays(embargo), holdout, digest(task), figures);
  }

  @Override
  public RegisteredVersion register(StageTask task) {
    begin(task);
    Judgement judged = first(task, Judgement.class);
    return new RegisteredVersion(
        ((Work.Register) task.stage().work()).model(),
        script.isLiveAlready() ? 2 : 1,
        judged.chosen().artifactDigest(),
        judged.evidenceDigest());
  }

  @Override
  public StageOutput call(StageTask task) {
    begin(task);
    return new TaskResult(script.result(task.stage()));
  }

  @Override
  public StageOutput callShort(StageTask task) {
    return call(task);
  }

  @Override
  public TaskResult runProgram(StageTask task) {
    begin(task);
    return plausible(task, ((Work.Program) task.stage().work()).program().result());
  }

  @Override
  public TaskResult sendRequest(StageTask task) {
    begin(task);
    HttpSpec request = ((Work.Http) task.stage().work()).request();
    String status = request.expect().isEmpty() ? "200" : request.expect().get(0).toString();
    return request.result() == null && !script.hasResult(task.stage().name())
        ? new TaskResult(status)
        : plausible(task, request.result());
  }

  @Override
  public TaskResult executeStatement(StageTask task) {
    begin(task);
    String stage = task.stage().name();
    boolean counts = ((Work.Statement) task.stage().work()).statement().rows() == null;
    return new TaskResult(
        script.hasResult(stage) ? script.result(task.stage()) : counts ? "1" : "[]");
  }

  @Override
  public TaskResult runSparkJar(StageTask task) {
    begin(task);
    return plausible(task, ((Work.SparkJar) task.stage().work()).job().program().result());
  }

  private static String json(@Nullable Object value) {
    return value == null ? "null" : Json.write(value);
  }

  /** What the script says, or else ones and empty texts for the components of the record. */
  private TaskResult plausible(StageTask task, @Nullable String type) {
    String stage = task.stage().name();
    return new TaskResult(
        script.hasResult(stage) || type == null
            ? script.result(task.stage())
            : json(Blank.of(type)));
  }

  /** A rehearsal has no yesterday. */
  @Override
  public CacheAnswer recall(CacheQuestion question) {
    return new CacheAnswer(null, null, "no earlier run has a result of it");
  }

  void begin(StageTask task) {
    StageSpec stage = task.stage();
    int attempt;
    synchronized (this) {
      attempt = attempts.merge(stage.name(), 1, Integer::sum);
    }
    script
        .failures(stage.name())
        .filter(failures -> attempt <= failures.attempts())
        .ifPresent(
            failures -> {
              throw new RehearsedFailure(failures.message());
            });
  }

  private SortedMap<String, Double> figures(Work.Evaluate work, boolean classifier) {
    SortedMap<String, Double> figures = new TreeMap<>();
    List<String> broken = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      if (metric.isForClassifiers() == classifier) {
        double figure = script.figures().getOrDefault(metric, kept(metric, work.requirements()));
        figures.put(metric.name().toLowerCase(Locale.ROOT), figure);
        work.requirements().stream()
            .filter(requirement -> requirement.metric() == metric && !holds(requirement, figure))
            .forEach(requirement -> broken.add(line(requirement, figure)));
      }
    }
    if (!broken.isEmpty()) {
      throw StageFailure.of(
          StageFailure.REQUIREMENT_NOT_MET, String.join(" ", broken), List.copyOf(broken));
    }
    return figures;
  }

  /** A figure that is neither brilliant nor outside its bounds. */
  private static double kept(Metric metric, List<Requirement> requirements) {
    double figure =
        switch (metric) {
          case AUC -> 0.75;
          case PR_AUC -> 0.5;
          case LOG_LOSS -> 0.45;
          case BRIER -> 0.14;
          case BRIER_SKILL -> 0.1;
          case RMSE -> 12;
          case MAE -> 8;
        };
    for (Requirement requirement : requirements) {
      if (requirement.metric() == metric && !holds(requirement, figure)) {
        figure = requirement.bound();
      }
    }
    return figure;
  }

  /** A champion has no figures in a rehearsal, so what is compared with one holds. */
  private static boolean holds(Requirement requirement, double figure) {
    return switch (requirement.comparison()) {
      case AT_LEAST -> figure >= requirement.bound();
      case AT_MOST -> figure <= requirement.bound();
      case NOT_ABOVE_CHAMPION_BY, NOT_BELOW_CHAMPION_BY -> true;
    };
  }

  private static String line(Requirement requirement, double figure) {
    String comparison =
        requirement.comparison() == Requirement.Comparison.AT_LEAST ? "at least" : "at most";
    return "%s is %s, but must be %s %s."
        .formatted(
            requirement.metric().name().toLowerCase(Locale.ROOT).replace('_', ' '),
            figure,
            comparison,
            requirement.bound());
  }

  private static DatasetVersion dataset(
      StageTask task, @Nullable String branch, List<ColumnSpec> columns) {
    return new DatasetVersion(
        task.pipeline() + "." + task.stage().name(), 1, ROWS, branch, columns);
  }

  private static long embargo(StageTask task, Setting days) {
    return Long.parseLong(days.in(task.params()));
  }

  private static LocalDate day(StageTask task) {
    return LocalDate.ofInstant(task.logicalDate(), ZoneOffset.UTC);
  }

  private static String digest(StageTask task) {
    return Json.digest(task.key().getBytes(StandardCharsets.UTF_8));
  }

  static <T> T first(StageTask task, Class<T> type) {
    return task.inputs().values().stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  /** A failure that the rehearsal asked for. */
  static final class RehearsedFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RehearsedFailure(String message) {
      super(message);
    }
  }
}
