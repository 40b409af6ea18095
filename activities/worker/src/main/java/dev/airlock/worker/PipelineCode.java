package dev.airlock.worker;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * The code of pipelines by digest. Each digest has a class loader of its own, which stays as long
 * as the worker does, so that a run ends on the code that it began with.
 */
final class PipelineCode implements AutoCloseable {

  private final Function<String, Path> jars;
  private final ConcurrentMap<String, LoadedJar> loaded = new ConcurrentHashMap<>();
  private final ClassLoader parent = new DslClassLoader(PipelineCode.class.getClassLoader());

  /**
   * Loads code from files.
   *
   * @param jars gives the file of a digest
   */
  PipelineCode(Function<String, Path> jars) {
    this.jars = jars;
  }

  /** The jar of this digest, loaded. */
  LoadedJar jar(String digest) {
    return loaded.computeIfAbsent(digest, this::load);
  }

  /**
   * A file inside the jar of this digest.
   *
   * @throws FileNotFoundException where the jar has no such file
   */
  InputStream resource(String digest, String name) throws IOException {
    InputStream resource = jar(digest).loader().getResourceAsStream(name);
    if (resource == null) {
      throw new FileNotFoundException(name);
    }
    return resource;
  }

  @Override
  public void close() throws IOException {
    for (LoadedJar jar : loaded.values()) {
      jar.loader().close();
    }
  }

  private LoadedJar load(String digest) {
    Path file = jars.apply(digest);
    try {
      return new LoadedJar(
          file, new URLClassLoader(digest, new URL[] {file.toUri().toURL()}, parent));
    } catch (IOException e) {
      throw new UncheckedIOException("The jar " + digest + " can't be loaded from " + file, e);
    }
  }

  /** A jar on disk and the loader of its classes. */
  record LoadedJar(Path path, URLClassLoader loader) {}
}
