package dev.airlock.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.airlock.dsl.load.SourceFault;
import dev.airlock.dsl.load.SourceFile;
import dev.airlock.store.Acting;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.CodeFault;
import dev.airlock.store.FoundFile;
import dev.airlock.store.Origin;
import dev.airlock.store.Pipelines;
import dev.airlock.store.Publication;
import dev.airlock.workflows.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder that jars and single source files are dropped into. A file that is new or has changed
 * is received for publication once it has stopped growing; a source file is compiled before. The
 * pipelines of a file that vanishes take no new runs.
 */
final class PipelineFolder {

  private static final Logger log = LoggerFactory.getLogger(PipelineFolder.class);

  /** Looks in a row that miss a file before it is gone: editors write files anew. */
  private static final int LOOKS_UNTIL_GONE = 4;

  private final Path folder;
  private final Acting publisher;
  private final Pipelines pipelines;
  private final ArtifactStore artifacts;
  private final Map<Path, List<Stamp>> seen = new HashMap<>();
  private final Map<Path, List<Stamp>> received = new HashMap<>();
  private final Map<Path, Integer> missed = new HashMap<>();
  private final Map<Path, String> odd = new HashMap<>();
  private final Set<Path> unsettled = new HashSet<>();
  private boolean knowsWhatWasHere;

  /**
   * Watches a folder.
   *
   * @param publisher who counts as having published what is dropped
   */
  PipelineFolder(Path folder, String publisher, Pipelines pipelines, ArtifactStore artifacts) {
    this.folder = folder.toAbsolutePath().normalize();
    this.publisher = Acting.within(publisher, Origin.Channel.SCHEDULE);
    this.pipelines = pipelines;
    this.artifacts = artifacts;
  }

  private record Stamp(Path path, FileTime modified, long size) {

    static Stamp of(Path path) throws IOException {
      return new Stamp(path, Files.getLastModifiedTime(path), Files.size(path));
    }

    /** What has lain there for a while is whole at first sight. */
    boolean isOld() {
      return System.currentTimeMillis() - modified.toMillis() > 5_000;
    }
  }

  /**
   * Receives every file that is new or has changed, and is whole; withdraws those that are gone.
   */
  void scan() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> files = files();
    if (!knowsWhatWasHere) {
      rememberWhatWasHere();
      knowsWhatWasHere = true;
    }
    boolean hasChanged = false;
    for (Path file : files) {
      hasChanged |= look(file);
    }
    hasChanged |= withdrawGone(files);
    if (hasChanged) {
      tryRefusedAgain();
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> isSource(file) || file.toString().endsWith(".jar"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private static boolean isSource(Path file) {
    return file.toString().endsWith(".java");
  }

  /** A file that was deleted while no worker ran is missed like any other. */
  private void rememberWhatWasHere() {
    for (Publication publication : pipelines.newestPublications()) {
      if (folder.toString().equals(publication.folder()) && publication.withdrawnAt() == null) {
        received.put(folder.resolve(publication.fileName()), List.of());
      }
    }
  }

  /** Whether something was received. */
  private boolean look(Path file) {
    try {
      List<Stamp> stamps = new ArrayList<>();
      for (Path path : isSource(file) ? SourceFile.read(file).files() : List.of(file)) {
        stamps.add(Stamp.of(path));
      }
      boolean isWhole =
          stamps.equals(seen.put(file, stamps)) || stamps.stream().allMatch(Stamp::isOld);
      if (!isWhole || stamps.equals(received.get(file))) {
        return false;
      }
      receive(file);
      received.put(file, stamps);
      odd.remove(file);
      return true;
    } catch (NoSuchFileException e) {
      // Gone between two looks.
      return false;
    } catch (IOException | UncheckedIOException | OutOfMemoryError e) {
      return refuseOdd(file, e);
    }
  }

  /** A file that can't be read is refused once, whole as it is, and keeps no other waiting. */
  private boolean refuseOdd(Path file, Throwable failure) {
    CodeFault fault = OddFile.fault(file, failure);
    if (!isWhole(file) || fault.message().equals(odd.get(file))) {
      return false;
    }
    String name = name(file);
    Optional<Publication> newest = pipelines.newestPublication(name);
    boolean isKnown =
        newest.isPresent()
            && newest.get().state() == Publication.State.REFUSED
            && newest.get().withdrawnAt() == null
            && newest.get().faults().equals(List.of(fault));
    if (!isKnown) {
      String digest = artifacts.put(OddFile.bytes(file));
      pipelines.refuse(name, digest, publisher, folder.toString(), List.of(fault));
      log.warn("{}", fault.message());
    }
    // Only now: an outage of PostgreSQL leaves it to the next look.
    odd.put(file, fault.message());
    received.put(file, List.of());
    unsettled.remove(file);
    return !isKnown;
  }

  private boolean isWhole(Path file) {
    try {
      List<Stamp> stamps = List.of(Stamp.of(file));
      return stamps.equals(seen.put(file, stamps)) || stamps.get(0).isOld();
    } catch (IOException e) {
      return false;
    }
  }

  /** What a source file may use beside the JDK. */
  static List<Path> classPath() {
    return List.of(SourceFile.dsl(), SourceFile.place(Logger.class));
  }

  private void receive(Path file) throws IOException {
    byte[] jar;
    if (isSource(file)) {
      SourceFile.Compiled compiled = SourceFile.read(file).compile(classPath());
      if (!compiled.faults().isEmpty()) {
        refuse(file, compiled.faults());
        return;
      }
      jar = compiled.jar();
    } else {
      jar = Files.readAllBytes(file);
    }
    String name = name(file);
    Optional<Publication> newest = pipelines.newestPublication(name);
    boolean isPublished =
        newest.isPresent()
            && newest.get().state() == Publication.State.PUBLISHED
            && newest.get().withdrawnAt() == null
            && newest.get().codeDigest().equals(Json.digest(jar));
    if (isPublished) {
      unsettled.remove(file);
    } else {
      FoundFile found = new FoundFile(name, folder.toString(), owner(file));
      pipelines.receive(found, artifacts.put(jar), publisher);
      unsettled.add(file);
    }
  }

  private void refuse(Path file, List<SourceFault> faults) throws IOException {
    String name = name(file);
    String digest = artifacts.put(Files.readString(file).getBytes(UTF_8));
    pipelines.refuse(
        name,
        digest,
        publisher,
        folder.toString(),
        faults.stream()
            .map(
                fault ->
                    new CodeFault(
                        fault.file(),
                        fault.line() == 0 ? null : fault.line(),
                        fault.column() == 0 ? null : fault.column(),
                        fault.message()))
            .toList());
    unsettled.remove(file);
    faults.forEach(fault -> log.warn("{}", fault));
  }

  /** Null where the file system knows no owners. */
  private static @Nullable String owner(Path file) throws IOException {
    try {
      return Files.getOwner(file).getName();
    } catch (UnsupportedOperationException e) {
      return null;
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private boolean withdrawGone(List<Path> files) {
    missed.keySet().retainAll(received.keySet());
    files.forEach(missed::remove);
    boolean isAnyGone = false;
    for (Path file : List.copyOf(received.keySet())) {
      if (!files.contains(file) && missed.merge(file, 1, Integer::sum) >= LOOKS_UNTIL_GONE) {
        List<String> left = pipelines.withdraw(name(file), publisher);
        if (left.isEmpty()) {
          log.info("{} is gone; no pipeline was published from it.", name(file));
        } else {
          log.info("{} is gone; no new runs of {}.", name(file), String.join(", ", left));
        }
        received.remove(file);
        seen.remove(file);
        odd.remove(file);
        unsettled.remove(file);
        isAnyGone = true;
      }
    }
    return isAnyGone;
  }

  /**
   * What one file was refused for, another one may have mended: both defined the same pipeline. A
   * fault with a place in its own source is not of that kind.
   */
  private void tryRefusedAgain() {
    for (Path file : unsettled) {
      Optional<Publication> newest = pipelines.newestPublication(name(file));
      if (newest.isPresent()
          && newest.get().state() == Publication.State.REFUSED
          && newest.get().faults().stream().anyMatch(fault -> fault.file() == null)) {
        FoundFile found = new FoundFile(name(file), folder.toString(), newest.get().fileOwner());
        pipelines.receive(found, newest.get().codeDigest(), publisher);
      }
    }
  }
}
