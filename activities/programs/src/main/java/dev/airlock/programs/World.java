package dev.airlock.programs;

import dev.airlock.dsl.Dataset;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.StoredResult;
import dev.airlock.workflows.StageTask;
import java.io.IOException;
import java.io.InputStream;

/** What stages of this module need of the worker. */
public interface World {

  /**
   * A file inside the jar of a run's code.
   *
   * @throws java.io.FileNotFoundException where the jar has no such file
   */
  InputStream resource(String codeDigest, String name) throws IOException;

  /**
   * A class of a run's code, or of the JDK.
   *
   * @throws ClassNotFoundException where there is none
   */
  Class<?> type(String codeDigest, String name) throws ClassNotFoundException;

  /** A version of a dataset. */
  Dataset dataset(DatasetVersion version);

  /** The JSON of a result that is kept as a document. */
  String document(StoredResult result);

  /**
   * What a stage hands on for a result: the JSON itself or, where it is long, a document.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link
   *     dev.airlock.workflows.StageFailure#RESULT_TOO_LARGE}
   */
  StageOutput result(String json);

  /** The number of the attempt that the current thread runs. */
  int attempt(StageTask task);

  /**
   * The fence, right before a commit.
   *
   * @throws io.temporal.failure.ApplicationFailure where a later attempt has begun
   */
  void requireCurrent(StageTask task);
}
