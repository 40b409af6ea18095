package dev.airlock.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What was built, and how its processes are started.
 *
 * @param folder {@code dist/}
 */
record Distribution(Path folder) {

  private static final List<String> SMALL =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xmx256m",
          // The store logs nowhere here, which is nobody's fault.
          "-Dslf4j.internal.verbosity=ERROR");

  static Distribution found() {
    String folder = System.getProperty("airlock.dist");
    if (folder == null) {
      throw CommandException.wrongUse(
          "The command does not know its dist/ folder: start it with ./airlock or dist/airlock.");
    }
    return new Distribution(Path.of(folder).toAbsolutePath());
  }

  List<String> worker() {
    List<String> options = new ArrayList<>(List.of(build("spark.opens").split(" ", -1)));
    options.add("-XX:+UseSerialGC");
    options.add("-Xmx" + environment("AIRLOCK_WORKER_MEMORY", "3g"));
    return java("worker", "dev.airlock.worker.WorkerMain", options);
  }

  List<String> web() {
    return java(
        "web",
        "dev.airlock.web.WebMain",
        List.of("-XX:+UseSerialGC", "-Xmx" + environment("AIRLOCK_WEB_MEMORY", "512m")));
  }

  /**
   * The replay of recorded histories.
   *
   * @param options of the JVM, such as a debugger's
   */
  List<String> replay(List<String> options) {
    List<String> all =
        new ArrayList<>(List.of("-XX:+UseSerialGC", "-Xmx1g", "-Dslf4j.internal.verbosity=ERROR"));
    all.addAll(options);
    return java("replay", "dev.airlock.testing.ReplayMain", all);
  }

  List<String> migrate() {
    return java("store", "dev.airlock.store.Migrate", SMALL);
  }

  List<String> databaseDump() {
    return java("store", "dev.airlock.store.DatabaseDump", SMALL);
  }

  List<String> databaseLoad() {
    return java("store", "dev.airlock.store.DatabaseLoad", SMALL);
  }

  List<String> warehouseMove() {
    return java("worker", "dev.airlock.spark.WarehouseMove", SMALL);
  }

  /** The pipelines that come with Airlock. */
  Path pipelines() {
    return folder.resolve("pipelines");
  }

  /** The class path of a process. */
  String classPath(String process) {
    return folder.resolve("lib").resolve(process) + "/*";
  }

  private List<String> java(String process, String main, List<String> options) {
    if (!Files.isDirectory(folder.resolve("lib").resolve(process))) {
      throw CommandException.failed(
          "%s holds no %s process. Build again: delete %s and start ./airlock."
              .formatted(folder, process, folder));
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        Stream.of(environment("AIRLOCK_JAVA_OPTIONS", "").split("\\s+", -1))
            .filter(option -> !option.isEmpty())
            .toList());
    command.add("-Duser.timezone=UTC");
    command.add("-cp");
    command.add(classPath(process));
    command.add(main);
    return command;
  }

  private static String environment(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isBlank() ? otherwise : value;
  }

  /** What the build has written down of itself. */
  static String build(String key) {
    Properties properties = new Properties();
    try (InputStream stream = Distribution.class.getResourceAsStream("build.properties")) {
      properties.load(stream);
    } catch (IOException e) {
      throw new UncheckedIOException("build.properties cannot be read", e);
    }
    return properties.getProperty(key, "");
  }
}
