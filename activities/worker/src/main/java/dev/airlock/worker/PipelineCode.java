package dev.airlock.worker;

import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.load.PipelineJar;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The code of pipelines by digest. Each digest has a class loader of its own, which stays as long
 * as a run needs it, so that a run ends on the code that it began with; see {@link #retain}.
 */
final class PipelineCode implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PipelineCode.class);

  private final Function<String, Path> jars;
  private final Map<String, Loaded> loaded = new HashMap<>();
  private final ClassLoader parent = new DslClassLoader(PipelineCode.class.getClassLoader());

  /**
   * Loads code from files.
   *
   * @param jars gives the file of a digest
   */
  PipelineCode(Function<String, Path> jars) {
    this.jars = jars;
  }

  /** A jar, its classes, which of them define its pipelines, and how many use it right now. */
  private static final class Loaded {
    private final Path path;
    private final URLClassLoader loader;
    private final Map<String, Class<? extends PipelineSource>> sources = new ConcurrentHashMap<>();
    private int users;

    Loaded(Path path, URLClassLoader loader) {
      this.path = path;
      this.loader = loader;
    }
  }

  /** The jar of this digest, loaded, until it is closed. */
  synchronized LoadedJar jar(String digest) {
    Loaded code = loaded.computeIfAbsent(digest, this::load);
    code.users++;
    return new LoadedJar(code);
  }

  /** The same for a run that has not ended, which by itself keeps its code loaded. */
  LoadedJar ofRun(String digest) {
    try (LoadedJar jar = jar(digest)) {
      return jar;
    }
  }

  /**
   * A file inside the jar of this digest.
   *
   * @throws FileNotFoundException where the jar has no such file
   */
  InputStream resource(String digest, String name) throws IOException {
    LoadedJar jar = jar(digest);
    InputStream resource = jar.loader().getResourceAsStream(name);
    if (resource == null) {
      jar.close();
      throw new FileNotFoundException(name);
    }
    return new FilterInputStream(resource) {
      @Override
      public void close() throws IOException {
        try (jar) {
          super.close();
        }
      }
    };
  }

  /**
   * Closes the class loaders of all code but this, unless somebody uses it right now. What is asked
   * for later is loaded again.
   *
   * @param needed digests of code that runs work with
   */
  void retain(Set<String> needed) {
    List<Loaded> gone = new ArrayList<>();
    synchronized (this) {
      loaded
          .entrySet()
          .removeIf(
              entry -> {
                boolean isOver = !needed.contains(entry.getKey()) && entry.getValue().users == 0;
                if (isOver) {
                  gone.add(entry.getValue());
                }
                return isOver;
              });
    }
    gone.forEach(PipelineCode::close);
  }

  /** How many digests are loaded. */
  synchronized int size() {
    return loaded.size();
  }

  @Override
  public void close() {
    synchronized (this) {
      loaded.values().forEach(PipelineCode::close);
      loaded.clear();
    }
  }

  private static void close(Loaded code) {
    try {
      code.loader.close();
      log.info("Let go of the code {}.", code.loader.getName());
    } catch (IOException e) {
      log.warn("The jar {} can't be closed.", code.path, e);
    }
  }

  private synchronized void giveBack(Loaded code) {
    code.users--;
  }

  private Loaded load(String digest) {
    Path file = jars.apply(digest);
    try {
      return new Loaded(file, new CodeClassLoader(digest, file.toUri().toURL(), parent));
    } catch (IOException e) {
      throw new UncheckedIOException("The jar " + digest + " can't be loaded from " + file, e);
    }
  }

  /** A jar on disk and its classes; to be closed by whoever asked for it. */
  final class LoadedJar implements AutoCloseable {

    private final Loaded code;
    private boolean isClosed;

    private LoadedJar(Loaded code) {
      this.code = code;
    }

    Path path() {
      return code.path;
    }

    /** The loader of its classes. */
    ClassLoader loader() {
      return code.loader;
    }

    /** The source of the pipeline of this name, made anew; empty where the jar defines none. */
    Optional<PipelineSource> source(String pipeline) {
      // One that could not be defined just now is not taken for one that is not there.
      return Optional.ofNullable(code.sources.computeIfAbsent(pipeline, this::find))
          .map(LoadedJar::instance);
    }

    private @Nullable Class<? extends PipelineSource> find(String pipeline) {
      try {
        return PipelineJar.source(code.path, code.loader, pipeline).orElse(null);
      } catch (IOException e) {
        throw new UncheckedIOException("The jar %s can't be read.".formatted(code.path), e);
      }
    }

    private static PipelineSource instance(Class<? extends PipelineSource> type) {
      try {
        return type.getConstructor().newInstance();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("%s can't be made.".formatted(type.getName()), e);
      }
    }

    @Override
    public synchronized void close() {
      if (!isClosed) {
        isClosed = true;
        giveBack(code);
      }
    }
  }

  /** Where a jar brings no slf4j, its classes log by the worker's, into the attempt's log. */
  private static final class CodeClassLoader extends URLClassLoader {

    CodeClassLoader(String digest, URL jar, ClassLoader parent) {
      super(digest, new URL[] {jar}, parent);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      try {
        return super.findClass(name);
      } catch (ClassNotFoundException e) {
        if (name.startsWith("org.slf4j.")) {
          return LoggerFactory.class.getClassLoader().loadClass(name);
        }
        throw e;
      }
    }
  }
}
