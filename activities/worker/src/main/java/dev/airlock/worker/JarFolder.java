package dev.airlock.worker;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Pipelines;
import dev.airlock.store.Publication;
import dev.airlock.workflows.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folder that jars are dropped into. A new or changed jar is received for publication once it
 * has stopped growing; one that vanishes leaves its pipelines as they are.
 */
final class JarFolder {

  private final Path folder;
  private final String publisher;
  private final Pipelines pipelines;
  private final ArtifactStore artifacts;
  private final Map<Path, Stamp> seen = new HashMap<>();
  private final Map<Path, Stamp> received = new HashMap<>();

  /**
   * Watches a folder.
   *
   * @param publisher who counts as having published what is dropped
   */
  JarFolder(Path folder, String publisher, Pipelines pipelines, ArtifactStore artifacts) {
    this.folder = folder;
    this.publisher = publisher;
    this.pipelines = pipelines;
    this.artifacts = artifacts;
  }

  private record Stamp(FileTime modified, long size) {}

  /** Receives every jar that is new or has changed, and is whole. */
  void scan() throws IOException {
    for (Path jar : jars()) {
      Stamp stamp = new Stamp(Files.getLastModifiedTime(jar), Files.size(jar));
      boolean settled = stamp.equals(seen.put(jar, stamp)) || isOld(stamp);
      if (settled && !stamp.equals(received.get(jar))) {
        receive(jar);
        received.put(jar, stamp);
      }
    }
  }

  private List<Path> jars() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  /** A jar that has lain there for a while is whole at first sight. */
  private static boolean isOld(Stamp stamp) {
    return System.currentTimeMillis() - stamp.modified().toMillis() > 5_000;
  }

  private void receive(Path jar) throws IOException {
    byte[] bytes = Files.readAllBytes(jar);
    String file = jar.getFileName().toString();
    boolean known =
        pipelines
            .newestPublication(file)
            .map(Publication::codeDigest)
            .filter(Json.digest(bytes)::equals)
            .isPresent();
    if (!known) {
      pipelines.receive(file, artifacts.put(bytes), publisher);
    }
  }
}
