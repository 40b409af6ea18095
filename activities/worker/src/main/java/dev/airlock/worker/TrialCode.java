package dev.airlock.worker;

import dev.airlock.workflows.StageFailure;
import java.nio.file.Path;
import java.util.function.Function;

/** The code that trials run: published jars, and files that came with a request. */
final class TrialCode implements StageTrials.Code {

  private final Function<String, Path> artifacts;

  /**
   * Finds code.
   *
   * @param artifacts gives the file of a digest
   * @param scratch a folder of this machine for what is compiled
   */
  TrialCode(Function<String, Path> artifacts, Path scratch) {
    this.artifacts = artifacts;
  }

  @Override
  public Path published(String digest) {
    return artifacts.apply(digest);
  }

  @Override
  public Path received(String digest, String file) {
    if (file.endsWith(".jar")) {
      return artifacts.apply(digest);
    }
    throw StageFailure.of(StageFailure.BAD_PIPELINE, file + " is no jar.");
  }
}
