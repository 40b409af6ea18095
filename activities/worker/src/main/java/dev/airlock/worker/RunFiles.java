package dev.airlock.worker;

import dev.airlock.spark.PipelineResources;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The files that a run may read: those inside its pipeline's jar, and those of this machine that
 * are not Airlock's own. A run that could read the home or mounted secrets would show a password as
 * the column that it did not expect.
 */
final class RunFiles implements PipelineResources {

  private final PipelineCode code;
  private final List<Path> own;

  /**
   * Keeps runs out of folders.
   *
   * @param own absolute folders
   */
  RunFiles(PipelineCode code, List<Path> own) {
    this.code = code;
    this.own = List.copyOf(own);
  }

  @Override
  public InputStream open(String codeDigest, String name) throws IOException {
    return code.resource(codeDigest, name);
  }

  @Override
  public boolean mayRead(Path file) {
    return own.stream().noneMatch(file::startsWith);
  }
}
