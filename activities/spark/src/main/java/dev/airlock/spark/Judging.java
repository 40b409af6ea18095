package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Work;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.Task;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Evidence.CandidateFigures;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.Judgement;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import dev.airlock.workflows.StageTask;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses among candidates on the validation snapshot, then judges the chosen one, and no other, on
 * the holdout. All scores are those of the scoring module: what is judged is what is served.
 */
final class Judging {

  private static final Logger LOG = LoggerFactory.getLogger(Judging.class);
  private static final int PROFILED_ROWS = 200_000;
  private static final int UNNAMED_SEGMENTS = 2;

  private final SparkSession session;
  private final Artifacts artifacts;
  private final StageTask task;
  private final Work.Evaluate evaluate;
  private final DatasetVersion data;
  private final SnapshotSplit split;
  private final List<Candidate> candidates;

  /**
   * Candidates that can be compared.
   *
   * @throws io.temporal.failure.ApplicationFailure bad pipeline, where they can't be, or where
   *     another split trained them
   */
  Judging(
      SparkSession session,
      Artifacts artifacts,
      StageTask task,
      Work.Evaluate evaluate,
      List<TrainedCandidate> trained) {
    this.session = session;
    this.artifacts = artifacts;
    this.task = task;
    this.evaluate = evaluate;
    this.data = requireComparable(task, trained);
    this.split = SnapshotSplit.of(session, data, evaluate.split(), trained.get(0).label(), task);
    trained.forEach(this::requireThisSplit);
    this.candidates =
        trained.stream()
            .map(one -> new Candidate(one, ScoringModel.read(artifacts.get(one.artifactDigest()))))
            .toList();
  }

  /**
   * Judges. The evidence is kept even where a requirement is not met.
   *
   * @param model the name under which the chosen candidate would be registered
   * @param live the version of that model which customers meet, or null
   * @throws io.temporal.failure.ApplicationFailure requirement not met
   */
  Judgement run(String model, Champions.@Nullable LiveModel live) {
    List<ColumnSpec> parts = parts();
    SnapshotRows validation = read(split.validation(), null, List.of());
    List<CandidateFigures> figures = figures(validation);
    Candidate chosen = candidates.get(best(figures));
    LOG.info(
        "{} is chosen by {} on {}.",
        chosen.trained.stage(),
        Figures.name(evaluate.choose()),
        split.validation());

    ScoringModel champion = live == null ? null : champion(model, live);
    SnapshotRows holdout = read(split.holdout(), champion, parts);
    Figures judged = Figures.of(chosen.model, holdout, split.holdout());
    Figures against = champion == null ? null : Figures.of(champion, holdout, split.holdout());
    List<Evidence.RequirementCheck> checks =
        Requirements.check(evaluate.requirements(), judged, against);
    SnapshotRows training = trainingRows(chosen);
    HoldoutStudy study = new HoldoutStudy(evaluate, chosen.model, champion, validation, holdout);
    Evidence.FeatureImportance importance =
        Importances.of(chosen.model, holdout, evaluate.choose());
    Evidence evidence =
        new Evidence(
            task.pipeline(),
            task.runId(),
            model,
            chosen.trained.artifactDigest(),
            chosen.trained.algorithm(),
            chosen.trained.label(),
            chosen.trained.features(),
            split.training(),
            split.validation(),
            split.holdout(),
            SnapshotSplit.embargoDays(evaluate.split(), task.params()),
            chosen.trained.trainingRows(),
            holdout.count(),
            judged.baseRate(),
            Figures.name(evaluate.choose()),
            judged.metrics(),
            figures,
            baseline(validation, holdout),
            live == null || against == null ? null : champion(live, against, study),
            checks,
            judged.calibration(),
            judged.roc(),
            data,
            keep(ModelProfile.of(chosen.model, training, holdout)),
            study.candidateIntervals(),
            study.resampling(),
            study.cutoff(),
            study.candidateThresholds(),
            importance,
            new SegmentFigures(chosen.model, champion, holdout, evaluate.choose())
                .of(partitions(holdout, importance), !parts.isEmpty()),
            Shifts.between(chosen.model, training, holdout),
            new DataChanges(artifacts).since(live, data, chosen.model, training),
            study.cost(),
            new Evidence.Origin(
                task.version(), task.codeDigest(), task.logicalDate(), task.params()));
    String digest = keep(evidence);
    LOG.info("On {}: {}. The evidence is {}.", split.holdout(), judged.metrics(), digest);
    Requirements.require(checks, split.holdout(), digest);
    return new Judgement(
        chosen.trained, split.validation(), split.holdout(), digest, judged.metrics());
  }

  private static Evidence.Champion champion(
      Champions.LiveModel live, Figures against, HoldoutStudy study) {
    return new Evidence.Champion(
        live.version(),
        live.artifactDigest(),
        against.metrics(),
        study.differences(),
        study.championIntervals(),
        against.calibration(),
        study.championThresholds());
  }

  /** By the columns that the pipeline names; where it names none, by what matters most. */
  private static List<Partition> partitions(
      SnapshotRows holdout, Evidence.@Nullable FeatureImportance importance) {
    if (!holdout.partitions().isEmpty() || importance == null) {
      return holdout.partitions();
    }
    return importance.features().stream()
        .limit(UNNAMED_SEGMENTS)
        .map(feature -> Partition.ofNumbers(feature.feature(), holdout.column(feature.feature())))
        .toList();
  }

  private String keep(Object written) {
    return artifacts.put(Json.write(written).getBytes(StandardCharsets.UTF_8));
  }

  private Evidence.@Nullable Baseline baseline(SnapshotRows validation, SnapshotRows holdout) {
    boolean classes = candidates.get(0).model.task() == Task.BINARY_CLASSIFICATION;
    return classes ? SingleFeature.best(features(null), validation, holdout) : null;
  }

  private SnapshotRows trainingRows(Candidate chosen) {
    return SnapshotRows.of(
        Stored.rows(session, data),
        evaluate.split().snapshotColumn(),
        split.training(),
        chosen.trained.label(),
        chosen.model.features(),
        PROFILED_ROWS);
  }

  /** The columns that the holdout is parted by. */
  private List<ColumnSpec> parts() {
    List<String> names = evaluate.segments() == null ? List.of() : evaluate.segments();
    return names.stream().map(this::part).toList();
  }

  private ColumnSpec part(String name) {
    ColumnSpec column =
        data.columns().stream()
            .filter(known -> known.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    StageFailure.of(
                        StageFailure.BAD_PIPELINE,
                        "%s, segments: %s"
                            .formatted(
                                task.stage().name(), Columns.missing(name, data.columns()))));
    if (PersonalColumns.isPersonal(column)) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s, segments: expected columns that tell nobody's identity, found %s, whose values would stand in the evidence. Part by a coarser column that the SQL makes of it."
              .formatted(task.stage().name(), name));
    }
    return column;
  }

  private SnapshotRows read(
      LocalDate snapshot, @Nullable ScoringModel champion, List<ColumnSpec> parts) {
    return SnapshotRows.of(
        Stored.rows(session, data),
        evaluate.split().snapshotColumn(),
        snapshot,
        candidates.get(0).trained.label(),
        features(champion),
        parts);
  }

  /** Every feature that a candidate or the champion takes, once. */
  private List<String> features(@Nullable ScoringModel champion) {
    Set<String> features = new LinkedHashSet<>();
    candidates.forEach(candidate -> features.addAll(candidate.model.features()));
    if (champion != null) {
      features.addAll(champion.features());
    }
    return List.copyOf(features);
  }

  private List<CandidateFigures> figures(SnapshotRows validation) {
    List<CandidateFigures> figures = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Figures found = Figures.of(candidate.model, validation, split.validation());
      found.figure(evaluate.choose());
      figures.add(
          new CandidateFigures(
              candidate.trained.stage(),
              candidate.trained.algorithm(),
              candidate.trained.artifactDigest(),
              found.metrics()));
      LOG.info("{} on {}: {}.", candidate.trained.stage(), split.validation(), found.metrics());
    }
    return figures;
  }

  /** The place of the best; of equals the first. */
  private int best(List<CandidateFigures> figures) {
    Metric metric = evaluate.choose();
    int best = 0;
    for (int i = 1; i < figures.size(); i++) {
      double gain = figure(figures.get(i), metric) - figure(figures.get(best), metric);
      if (metric.isHigherBetter() ? gain > 0 : gain < 0) {
        best = i;
      }
    }
    return best;
  }

  private static double figure(CandidateFigures figures, Metric metric) {
    return Objects.requireNonNull(figures.metrics().get(Figures.name(metric)));
  }

  private ScoringModel champion(String model, Champions.LiveModel live) {
    ScoringModel champion = ScoringModel.read(artifacts.get(live.artifactDigest()));
    Set<String> columns = new LinkedHashSet<>();
    data.columns().forEach(column -> columns.add(column.name()));
    ScoringModel candidate = candidates.get(0).model;
    boolean comparable =
        champion.task() == candidate.task()
            && champion.label().equals(candidate.label())
            && columns.containsAll(champion.features());
    if (!comparable) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s, version %d, is live and can't be compared: it predicts %s from %s, and %s has %s. Keep its columns, or register under another name."
              .formatted(
                  model,
                  live.version(),
                  champion.label(),
                  String.join(", ", champion.features()),
                  data.dataset(),
                  Columns.names(data.columns())));
    }
    return champion;
  }

  private static DatasetVersion requireComparable(StageTask task, List<TrainedCandidate> trained) {
    if (trained.isEmpty()) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s: expected at least one candidate, found none.".formatted(task.stage().name()));
    }
    TrainedCandidate first = trained.get(0);
    for (TrainedCandidate other : trained) {
      boolean comparable =
          other.trainingData().equals(first.trainingData())
              && other.label().equals(first.label())
              && other.algorithm().isClassifier() == first.algorithm().isClassifier();
      if (!comparable) {
        throw StageFailure.of(
            StageFailure.BAD_PIPELINE,
            "%s: expected candidates that learnt the same from the same dataset, but %s predicts %s from %s and %s predicts %s from %s."
                .formatted(
                    task.stage().name(),
                    first.stage(),
                    first.label(),
                    first.trainingData().dataset(),
                    other.stage(),
                    other.label(),
                    other.trainingData().dataset()));
      }
    }
    return first.trainingData();
  }

  /** Another split might have trained on what judges here. */
  private void requireThisSplit(TrainedCandidate candidate) {
    if (!candidate.trainedOn().equals(split.training())) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s: expected the candidate %s to be trained on %s, by the same split, but it was trained on %s."
              .formatted(
                  task.stage().name(), candidate.stage(), split.training(), candidate.trainedOn()));
    }
  }

  private record Candidate(TrainedCandidate trained, ScoringModel model) {}
}
