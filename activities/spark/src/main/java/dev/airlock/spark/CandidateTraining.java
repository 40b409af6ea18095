package dev.airlock.spark;

import dev.airlock.dsl.graph.Work;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import dev.airlock.workflows.StageTask;
import org.apache.spark.ml.Model;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains one candidate and keeps it as an artifact. */
final class CandidateTraining {

  private static final Logger LOG = LoggerFactory.getLogger(CandidateTraining.class);
  private static final int ROWS_COMPARED = 1_000;

  private final Artifacts artifacts;

  CandidateTraining(Artifacts artifacts) {
    this.artifacts = artifacts;
  }

  TrainedCandidate run(
      SparkSession session, StageTask task, DatasetVersion data, Work.Train train) {
    String snapshotColumn = train.split().snapshotColumn();
    Learning learning = Learning.of(train.trainer(), snapshotColumn, data);
    SnapshotSplit split =
        SnapshotSplit.of(session, data, train.split(), train.trainer().label(), task);
    TrainingRows rows =
        TrainingRows.of(Stored.rows(session, data), snapshotColumn, split.training(), learning);
    LOG.info(
        "Training {} on {} rows of {}, from {}.",
        learning.algorithm(),
        rows.count(),
        split.training(),
        learning.features());
    ScoringModel model = trained(rows.vectors(), train, learning);
    String digest = artifacts.put(model.write());
    LOG.info("The candidate {} is the artifact {}.", task.stage().name(), digest);
    return new TrainedCandidate(
        task.stage().name(),
        digest,
        learning.algorithm(),
        learning.label(),
        learning.features(),
        split.training(),
        rows.count(),
        data);
  }

  static ScoringModel trained(Dataset<Row> vectors, Work.Train train, Learning learning) {
    Dataset<Row> kept = vectors.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Model<?> fitted = new Mllib(train.trainer()).fit(kept);
      ScoringModel model = ScoringModelExport.of(fitted, learning);
      ScoringModelExport.requireParity(fitted, model, kept.limit(ROWS_COMPARED));
      return model;
    } finally {
      kept.unpersist();
    }
  }
}
