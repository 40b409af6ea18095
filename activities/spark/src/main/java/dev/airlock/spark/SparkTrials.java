package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.SplitSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.TrainerSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.workflows.RowSample;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import dev.airlock.workflows.TrialResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Tries single stages on samples of their inputs. Writes no table, no branch and no artifact; what
 * is cached or named meanwhile is dropped before the answer.
 */
public final class SparkTrials {

  private static final int SHOWN = 20;

  private final SparkSessions sessions;
  private final Artifacts artifacts;
  private final RowSamples samples;
  private final Mask mask;

  /**
   * The trials of one worker.
   *
   * @param artifacts is only read
   * @param mask stands in for personal values
   */
  public SparkTrials(SparkSessions sessions, Artifacts artifacts, Mask mask) {
    this.sessions = sessions;
    this.artifacts = artifacts;
    this.samples = new RowSamples(sessions, mask);
    this.mask = mask;
  }

  /** What a task of one's own does with the datasets that it is given. */
  @FunctionalInterface
  public interface TaskBody {

    /**
     * Calls the task.
     *
     * @param datasets samples of the datasets among its inputs, by the stages that give them
     */
    Answer call(Map<String, dev.airlock.dsl.Dataset> datasets);
  }

  /**
   * What a task of one's own answered.
   *
   * @param json what it returned
   * @param notes what a reader should know of it
   */
  public record Answer(String json, List<String> notes) {
    public Answer {
      notes = List.copyOf(notes);
    }
  }

  /**
   * Tries the plan's stage. Cancelled, it stops its Spark jobs.
   *
   * @param resources the files of the pipeline's code
   * @param body calls the stage's method, where it is a task of one's own
   * @throws io.temporal.failure.ApplicationFailure where the stage, its data or its pipeline is bad
   */
  public TrialResult run(TrialPlan plan, PipelineResources resources, TaskBody body) {
    String group = "trial-%d/%s".formatted(plan.id(), plan.stage().name());
    try {
      return JobGroup.run(
          sessions,
          group,
          session -> {
            try (TrialInputs inputs = new TrialInputs(session, resources, plan)) {
              return new Trial(plan, inputs).run(body);
            }
          });
    } finally {
      sessions.takeEventLog(group);
    }
  }

  private final class Trial {
    private final TrialPlan plan;
    private final StageSpec stage;
    private final TrialInputs inputs;
    private final SortedMap<String, Double> metrics = new TreeMap<>();
    private final List<TrialResult.Check> checks = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private @Nullable RowSample rows;
    private @Nullable String json;

    Trial(TrialPlan plan, TrialInputs inputs) {
      this.plan = plan;
      this.stage = plan.stage();
      this.inputs = inputs;
    }

    TrialResult run(TaskBody body) {
      Work work = stage.work();
      if (work instanceof Work.Ingest) {
        rows = shown(inputs.of(stage.name()), List.of(), "");
      } else if (work instanceof Work.Validate validate) {
        validate(validate);
      } else if (work instanceof Work.Transform transform) {
        rows = shown(inputs.transformed(stage, transform), inputs.columns(stage), transform.sql());
      } else if (work instanceof Work.Train train) {
        train(train);
      } else if (work instanceof Work.Evaluate evaluate) {
        evaluate(evaluate);
      } else if (work.ownTask().isPresent() || work instanceof Work.Sensor) {
        Answer answer = body.call(datasets());
        json = answer.json();
        notes.addAll(answer.notes());
      } else {
        throw StageFailure.of(StageFailure.BAD_PIPELINE, refusal());
      }
      return new TrialResult(
          plan.graph().name(),
          stage.name(),
          work.kind(),
          inputs.read(),
          rows,
          checks,
          metrics,
          json,
          notes,
          0);
    }

    private String refusal() {
      return "%s can't be tried: %s Try the stages before it, or start a run."
          .formatted(stage.name(), why(stage.work()));
    }

    private static String why(Work work) {
      return switch (work.kind()) {
        case "process", "spark" ->
            "what its program does to others nobody can tell, and a trial must not change what they see. Run the program by hand.";
        case "http" -> "its request would be sent, and a trial sends none. Try it with curl.";
        case "sql" ->
            "its statement would run on the connection's database, and a trial changes nothing there. Try it in that database's own client.";
        case "event" -> "it waits for an event, and makes nothing of rows.";
        case "first-of" -> "it hands on what another stage gave.";
        case "sub-pipeline" -> "it starts a run of another pipeline. Try that pipeline's stages.";
        default ->
            "a stage of the kind %s acts on what others see, and a trial changes nothing."
                .formatted(work.kind());
      };
    }

    /** Counts the rows and keeps the first; what is cached for that is dropped at once. */
    private RowSample shown(TrialInputs.Sample sample, List<ColumnSpec> read, String sql) {
      Dataset<Row> kept = sample.rows().persist(StorageLevel.MEMORY_AND_DISK());
      try {
        long count = kept.count();
        List<Row> first = kept.limit(SHOWN).collectAsList();
        return samples.of(sample.version().dataset(), count, sample.version().columns(), first);
      } catch (Exception e) {
        throw SqlTransform.fault(e, stage.name(), sql, read);
      } finally {
        kept.unpersist();
      }
    }

    private void validate(Work.Validate validate) {
      TrialInputs.Sample sample = inputs.of(stage.inputs().get(0));
      rows = shown(sample, List.of(), "");
      DatasetVersion version = sample.version();
      for (Validation.Finding finding :
          new Validation(sample.rows(), version, validate.expectations(), mask).findings()) {
        checks.add(
            new TrialResult.Check(
                finding.expectation(),
                finding.failures().isEmpty(),
                finding.failures(),
                finding.examples().isEmpty()
                    ? null
                    : samples.of(
                        version.dataset(),
                        finding.examples().size(),
                        version.columns(),
                        finding.examples())));
      }
    }

    private void train(Work.Train train) {
      TrialInputs.Sample sample = inputs.spread(stage.inputs().get(0));
      Dataset<Row> data = sample.rows().persist(StorageLevel.MEMORY_AND_DISK());
      try {
        TrainerSpec trainer = train.trainer();
        String snapshotColumn = train.split().snapshotColumn();
        Learning learning = Learning.of(trainer, snapshotColumn, sample.version());
        SnapshotSplit split = split(data, sample, train.split(), trainer.label());
        TrainingRows training = TrainingRows.of(data, snapshotColumn, split.training(), learning);
        ScoringModel model = CandidateTraining.trained(training.vectors(), train, learning);
        SnapshotRows judging =
            SnapshotRows.of(
                data, snapshotColumn, split.validation(), learning.label(), model.features());
        metrics.putAll(Figures.of(model, judging, split.validation()).metrics());
        notes.add(
            "Trained on %s rows of %d snapshots, measured on %s rows of %s. A sample's figures are rough."
                .formatted(
                    shown(training.count()),
                    split.training().size(),
                    shown(judging.count()),
                    split.validation()));
      } finally {
        data.unpersist();
      }
    }

    private void evaluate(Work.Evaluate evaluate) {
      Map<String, TrainedCandidate> candidates = new LinkedHashMap<>();
      for (String input : stage.inputs()) {
        if (!(plan.given(input).orElse(null) instanceof TrainedCandidate candidate)) {
          throw StageFailure.of(
              StageFailure.BAD_PIPELINE,
              "%s judges what %s trains, and no run has got through %s yet. Run the pipeline once, or try %s itself."
                  .formatted(stage.name(), input, input, input));
        }
        candidates.put(input, candidate);
      }
      TrainedCandidate first = candidates.values().iterator().next();
      TrialInputs.Sample sample =
          inputs.spread(first.trainingData().dataset(), first.trainingData());
      Dataset<Row> data = sample.rows().persist(StorageLevel.MEMORY_AND_DISK());
      try {
        SnapshotSplit split = split(data, sample, evaluate.split(), first.label());
        for (TrainedCandidate candidate : candidates.values()) {
          ScoringModel model = ScoringModel.read(artifacts.get(candidate.artifactDigest()));
          SnapshotRows judging =
              SnapshotRows.of(
                  data,
                  evaluate.split().snapshotColumn(),
                  split.validation(),
                  candidate.label(),
                  model.features());
          Figures.of(model, judging, split.validation())
              .metrics()
              .forEach((name, figure) -> metrics.put(candidate.stage() + "." + name, figure));
        }
        notes.add(
            "Measured on the sample's rows of %s. Nobody is chosen and no requirement is held: that takes all rows."
                .formatted(split.validation()));
      } finally {
        data.unpersist();
      }
    }

    private SnapshotSplit split(
        Dataset<Row> data, TrialInputs.Sample sample, SplitSpec split, String label) {
      return SnapshotSplit.of(data, sample.version(), split, label, plan.task());
    }

    private Map<String, dev.airlock.dsl.Dataset> datasets() {
      Map<String, dev.airlock.dsl.Dataset> datasets = new LinkedHashMap<>();
      for (String input : stage.inputs()) {
        boolean isDataset =
            plan.given(input)
                .map(DatasetVersion.class::isInstance)
                .orElseGet(() -> makesDataset(input));
        if (isDataset) {
          TrialInputs.Sample sample = inputs.of(input);
          datasets.put(
              input, new CollectedDataset(sample.version(), sample.rows().collectAsList()));
        }
      }
      return datasets;
    }

    private boolean makesDataset(String name) {
      Work work = plan.graph().stage(name).orElseThrow().work();
      return work instanceof Work.Ingest
          || work instanceof Work.Validate
          || work instanceof Work.Transform;
    }

    private static String shown(long count) {
      return String.format(Locale.ROOT, "%,d", count);
    }
  }
}
