package dev.airlock.spark;

import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.DatasetActivities;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stages that make datasets, on Spark and Iceberg. */
public final class SparkDatasetActivities implements DatasetActivities {

  private static final Logger LOG = LoggerFactory.getLogger(SparkDatasetActivities.class);

  private final SparkSessions sessions;
  private final DatasetLedger ledger;
  private final Graphs graphs;
  private final PipelineResources resources;
  private final RowSamples samples;
  private final Mask mask;
  private final IntSupplier attemptNumber;

  /**
   * The activities of one worker.
   *
   * @param mask stands in for personal values where people look at rows
   * @param attemptNumber the number, from 1, that Temporal gives the attempt that the calling
   *     thread carries out
   */
  public SparkDatasetActivities(
      SparkSessions sessions,
      DatasetLedger ledger,
      Graphs graphs,
      PipelineResources resources,
      Mask mask,
      IntSupplier attemptNumber) {
    this.sessions = sessions;
    this.ledger = ledger;
    this.graphs = graphs;
    this.resources = resources;
    this.mask = mask;
    this.samples = new RowSamples(sessions, mask);
    this.attemptNumber = attemptNumber;
  }

  @Override
  public DatasetVersion ingest(StageTask task) {
    Attempt attempt = new Attempt(task, task.earlierAttempts() + attemptNumber.getAsInt());
    SourceSpec.Csv source = (SourceSpec.Csv) attempt.work(Work.Ingest.class).source();
    return JobGroup.run(
        sessions,
        attempt.group(),
        session -> withSample(new CsvIngest(resources, ledger).run(session, attempt, source)));
  }

  @Override
  public DatasetVersion validate(StageTask task) {
    Attempt attempt = new Attempt(task, task.earlierAttempts() + attemptNumber.getAsInt());
    return JobGroup.run(
        sessions, attempt.group(), session -> withSample(validate(session, attempt)));
  }

  @Override
  public DatasetVersion transform(StageTask task) {
    Attempt attempt = new Attempt(task, task.earlierAttempts() + attemptNumber.getAsInt());
    return JobGroup.run(
        sessions, attempt.group(), session -> withSample(transform(session, attempt)));
  }

  /** Rows to look at are a convenience: that there are none never fails a stage. */
  private DatasetVersion withSample(DatasetVersion version) {
    try {
      ledger.keepSample(samples.of(version));
    } catch (RuntimeException e) {
      LOG.warn("The first rows of {} are not kept.", version.dataset(), e);
    }
    return version;
  }

  private DatasetVersion validate(SparkSession session, Attempt attempt) {
    DatasetVersion candidate = attempt.onlyInput();
    Work.Validate work = attempt.work(Work.Validate.class);
    Publication publication = new Publication(Tables.of(session), ledger);
    Optional<DatasetVersion> done = publication.done(attempt);
    if (done.isPresent()) {
      return done.get();
    }
    try {
      Validation.check(session, candidate, work.expectations(), mask);
    } catch (ApplicationFailure refused) {
      publication.discard(candidate);
      throw refused;
    }
    return publication.publish(
        candidate,
        attempt,
        rebuilt -> Validation.check(session, rebuilt, work.expectations(), mask));
  }

  private DatasetVersion transform(SparkSession session, Attempt attempt) throws Exception {
    Publication publication = new Publication(Tables.of(session), ledger);
    Optional<DatasetVersion> done = publication.done(attempt);
    if (done.isPresent()) {
      return done.get();
    }
    DatasetVersion result =
        SqlTransform.run(
            session,
            attempt,
            graphs.of(attempt.task().pipeline(), attempt.task().version()),
            attempt.work(Work.Transform.class).sql());
    return publication.publish(result, attempt, rebuilt -> {});
  }
}
