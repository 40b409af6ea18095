package dev.airlock.worker;

import dev.airlock.dsl.Dataset;
import dev.airlock.programs.World;
import dev.airlock.store.Attempts;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.StoredResult;
import dev.airlock.workflows.StageTask;
import io.temporal.activity.Activity;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;

/** What programs, servers and databases are given of this worker. */
final class ProgramWorld implements World {

  private final PipelineCode code;
  private final Function<DatasetVersion, Dataset> datasets;
  private final Attempts attempts;
  private final Documents documents;

  ProgramWorld(
      PipelineCode code,
      Function<DatasetVersion, Dataset> datasets,
      Attempts attempts,
      Documents documents) {
    this.code = code;
    this.datasets = datasets;
    this.attempts = attempts;
    this.documents = documents;
  }

  @Override
  public InputStream resource(String codeDigest, String name) throws IOException {
    return code.resource(codeDigest, name);
  }

  @Override
  public Class<?> type(String codeDigest, String name) throws ClassNotFoundException {
    return Class.forName(name, true, code.ofRun(codeDigest).loader());
  }

  @Override
  public Dataset dataset(DatasetVersion version) {
    return datasets.apply(version);
  }

  @Override
  public String document(StoredResult result) {
    return documents.json(result);
  }

  @Override
  public StageOutput result(String json) {
    return documents.result(json);
  }

  @Override
  public int attempt(StageTask task) {
    return task.earlierAttempts() + Activity.getExecutionContext().getInfo().getAttempt();
  }

  @Override
  public void requireCurrent(StageTask task) {
    attempts.requireCurrent(task.runId(), task.stage().name(), attempt(task));
  }
}
