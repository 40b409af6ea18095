package dev.airlock.worker;

import dev.airlock.dsl.load.SourceFault;
import dev.airlock.dsl.load.SourceFile;
import dev.airlock.workflows.StageFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Function;

/**
 * The code that trials run: published jars, and files that came with a request. A single source
 * file is compiled as it would be where it is published.
 */
final class TrialCode implements StageTrials.Code {

  private final Function<String, Path> artifacts;
  private final Path scratch;

  /**
   * Finds code.
   *
   * @param artifacts gives the file of a digest
   * @param scratch a folder of this machine for what is compiled
   */
  TrialCode(Function<String, Path> artifacts, Path scratch) {
    this.artifacts = artifacts;
    this.scratch = scratch;
  }

  @Override
  public Path published(String digest) {
    return artifacts.apply(digest);
  }

  @Override
  public Path received(String digest, String file) {
    Path received = artifacts.apply(digest);
    if (file.endsWith(".jar")) {
      return received;
    }
    try {
      Files.createDirectories(scratch);
      return keep(digest, compile(received, file));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be compiled", e);
    }
  }

  /** In a folder of its own, so that nothing that lies there by chance belongs to it. */
  private byte[] compile(Path received, String file) throws IOException {
    Path folder = Files.createTempDirectory(scratch, "code");
    Path source = folder.resolve(file);
    try {
      Files.copy(received, source);
      SourceFile.Compiled compiled = SourceFile.read(source).compile(PipelineFolder.classPath());
      List<String> faults = compiled.faults().stream().map(SourceFault::toString).toList();
      if (!faults.isEmpty()) {
        throw StageFailure.of(StageFailure.BAD_PIPELINE, faults.get(0), faults);
      }
      return compiled.jar();
    } finally {
      Files.deleteIfExists(source);
      Files.delete(folder);
    }
  }

  /** Under another name first: a trial of the same file may read it meanwhile. */
  private Path keep(String digest, byte[] bytes) throws IOException {
    Path jar = scratch.resolve(digest + ".jar");
    Path whole = Files.createTempFile(scratch, "code", ".part");
    Files.write(whole, bytes);
    return Files.move(whole, jar, StandardCopyOption.REPLACE_EXISTING);
  }
}
