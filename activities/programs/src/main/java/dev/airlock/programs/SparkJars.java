package dev.airlock.programs;

import dev.airlock.dsl.graph.SparkJarSpec;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs jars on Spark through Spark's own SparkSubmit, with the worker's Java and libraries, in a
 * JVM of their own: a job may then stop its session, exit or run out of memory, and the worker goes
 * on.
 */
final class SparkJars {

  private static final String SUBMIT = "org.apache.spark.deploy.SparkSubmit";

  private final Programs programs;
  private final String master;

  SparkJars(Programs programs, String master) {
    this.programs = programs;
    this.master = master;
  }

  TaskResult run(StageTask task, SparkJarSpec job) {
    return programs.run(
        task, job.program(), (directory, arguments) -> command(job, directory, arguments));
  }

  private List<String> command(
      SparkJarSpec job, WorkingDirectory directory, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + libraries(directory));
    // Spark starts on modules of the JDK that the worker was started with as well.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.add("-Djava.io.tmpdir=" + directory.temporary());
    command.add(SUBMIT);
    command.addAll(List.of("--master", master, "--name", job.mainClass()));
    command.addAll(List.of("--class", job.mainClass()));
    setting(command, "spark.ui.enabled", "false");
    setting(command, "spark.local.dir", directory.temporary().toString());
    job.settings().forEach((name, value) -> setting(command, name, value));
    command.add(directory.place().resolve(job.jar()).toString());
    command.addAll(arguments);
    return command;
  }

  private static void setting(List<String> command, String name, String value) {
    command.add("--conf");
    command.add(name + "=" + value);
  }

  /** The class path is longer than some systems let a command be. */
  private static Path libraries(WorkingDirectory directory) {
    Path file = directory.root().resolve("libraries");
    try {
      String path = System.getProperty("java.class.path").replace("\\", "\\\\");
      return Files.writeString(file, "-cp \"" + path + "\"");
    } catch (IOException e) {
      throw new UncheckedIOException("The job's class path can't be written down.", e);
    }
  }
}
