package dev.airlock.web.api;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.TrainerSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Experiment;
import dev.airlock.store.Run;
import dev.airlock.workflows.StageOutput;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A run as an experiment: what it was given, and how its models did.
 *
 * @param settings of its trainers, by {@code STAGE.setting}
 * @param candidates what it has trained
 * @param chosen the stage whose candidate was chosen; null before
 * @param judgedOn the snapshot of the holdout; null before
 * @param metrics of the chosen one on the holdout; empty before
 * @param evidenceDigest of the whole evidence; null before
 */
public record TriedRun(
    long run,
    String pipeline,
    int version,
    String state,
    Instant logicalDate,
    String requestedBy,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    String note,
    List<String> tags,
    SortedMap<String, String> params,
    SortedMap<String, String> settings,
    List<Candidate> candidates,
    @Nullable String chosen,
    @Nullable LocalDate judgedOn,
    SortedMap<String, Double> metrics,
    @Nullable String evidenceDigest) {

  /** A model that a stage has trained, and what of. */
  public record Candidate(
      String stage,
      String algorithm,
      String artifactDigest,
      long trainingRows,
      String dataset,
      long snapshotId) {}

  /** Out of its rows. */
  public static TriedRun of(Experiment experiment) {
    Run run = experiment.run();
    List<Candidate> candidates = new ArrayList<>();
    StageOutput.Judgement judgement = null;
    for (Experiment.Step step : experiment.steps()) {
      if (step.output() instanceof StageOutput.TrainedCandidate trained) {
        candidates.add(candidate(trained));
      } else if (step.output() instanceof StageOutput.Judgement judged) {
        judgement = judged;
      }
    }
    return new TriedRun(
        run.id(),
        run.pipeline(),
        run.version(),
        run.state().word(),
        run.logicalDate(),
        run.requestedBy(),
        run.createdAt(),
        run.startedAt(),
        run.endedAt(),
        run.note(),
        run.tags(),
        run.params(),
        settings(experiment.version().graph().stages()),
        candidates,
        judgement == null ? null : judgement.chosen().stage(),
        judgement == null ? null : judgement.judgedOn(),
        judgement == null ? new TreeMap<>() : judgement.metrics(),
        judgement == null ? null : judgement.evidenceDigest());
  }

  private static Candidate candidate(StageOutput.TrainedCandidate trained) {
    return new Candidate(
        trained.stage(),
        trained.algorithm().name().toLowerCase(Locale.ROOT),
        trained.artifactDigest(),
        trained.trainingRows(),
        trained.trainingData().dataset(),
        trained.trainingData().snapshotId());
  }

  private static SortedMap<String, String> settings(List<StageSpec> stages) {
    SortedMap<String, String> settings = new TreeMap<>();
    for (StageSpec stage : stages) {
      if (stage.work() instanceof Work.Train train) {
        TrainerSpec trainer = train.trainer();
        String prefix = stage.name() + ".";
        settings.put(prefix + "algorithm", trainer.algorithm().name().toLowerCase(Locale.ROOT));
        settings.put(prefix + "label", trainer.label());
        settings.put(prefix + "seed", Long.toString(trainer.seed()));
        trainer.settings().forEach((name, value) -> settings.put(prefix + name, number(value)));
      }
    }
    return settings;
  }

  private static String number(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value, MathContext.DECIMAL32).stripTrailingZeros().toPlainString()
        : Double.toString(value);
  }
}
