package dev.airlock.spark;

import dev.airlock.workflows.RowSample;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.util.Optional;

/** Which versions of datasets have been published, and by whom. */
public interface DatasetLedger {

  /** Waits until nobody else holds the dataset's lock, and takes it; closing gives it back. */
  Lock lock(String dataset);

  /**
   * Fails where a later attempt of the stage has begun.
   *
   * @throws io.temporal.failure.ApplicationFailure fenced
   */
  void requireCurrent(long runId, String stage, int attempt);

  /**
   * Writes down a version that is on main. Idempotent under (run, stage): the first one stays.
   *
   * @throws io.temporal.failure.ApplicationFailure fenced, where a later attempt has begun
   */
  void publish(long runId, String stage, int attempt, DatasetVersion version);

  /** The version that this stage of this run has published. */
  Optional<DatasetVersion> published(long runId, String stage);

  /**
   * Writes down what an attempt at an ingest has read, by the SHA-256 of its source's text.
   * Idempotent under (run, stage, attempt).
   */
  void read(long runId, String stage, int attempt, String digest);

  /**
   * Writes down that a branch is about to be dropped: nobody may count on what lies on it alone.
   * Idempotent.
   */
  void dropping(String dataset, String branch);

  /** Keeps the first rows of a version for people to look at; again changes nothing. */
  void keepSample(RowSample sample);

  /** A dataset's lock, held. */
  interface Lock extends AutoCloseable {
    @Override
    void close();
  }
}
