package dev.airlock.worker;

import dev.airlock.spark.DatasetLedger;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.DatasetLock;
import dev.airlock.store.DatasetRow;
import dev.airlock.store.Store;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RowSample;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Spark's view of the datasets' rows. */
final class StoreDatasetLedger implements DatasetLedger {

  private final Store store;
  private final ArtifactStore artifacts;

  StoreDatasetLedger(Store store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
  }

  @Override
  public Lock lock(String dataset) {
    DatasetLock lock = store.lockDataset(dataset);
    return lock::close;
  }

  @Override
  public void requireCurrent(long runId, String stage, int attempt) {
    store.attempts().requireCurrent(runId, stage, attempt);
  }

  @Override
  public void publish(long runId, String stage, int attempt, DatasetVersion version) {
    store.datasets().publish(runId, stage, attempt, version);
  }

  @Override
  public void read(long runId, String stage, int attempt, String digest) {
    store.datasets().read(runId, stage, attempt, digest);
  }

  @Override
  public void dropping(String dataset, String branch) {
    store.datasets().dropping(dataset, branch);
  }

  @Override
  public Optional<DatasetVersion> published(long runId, String stage) {
    return store.datasets().published(runId, stage).map(DatasetRow::output);
  }

  @Override
  public void keepSample(RowSample sample) {
    String digest = artifacts.put(Json.write(sample).getBytes(StandardCharsets.UTF_8));
    store.datasetSamples().keep(sample.dataset(), sample.snapshotId(), digest);
  }
}
