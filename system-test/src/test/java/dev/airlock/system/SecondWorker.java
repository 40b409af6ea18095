package dev.airlock.system;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** One more worker of a running system, on the same machine and in the same home. */
final class SecondWorker implements AutoCloseable {

  private final Process command;

  private SecondWorker(Process command) {
    this.command = command;
  }

  /** Starts it, and does not wait until it takes part. */
  static SecondWorker beside(RunningSystem system) {
    return beside(system, Map.of());
  }

  /** The same, with more in its environment. */
  static SecondWorker beside(RunningSystem system, Map<String, String> more) {
    Path home = system.home();
    Map<String, String> environment = new TreeMap<>(system.environment());
    environment.put(
        "AIRLOCK_TEMPORAL_TARGET", "127.0.0.1:" + system.port(RunningSystem.Part.TEMPORAL));
    environment.put("AIRLOCK_SPARK_MASTER", "local[1]");
    environment.putAll(more);
    Path output = home.resolveSibling(home.getFileName() + "-worker.out");
    return new SecondWorker(new Commands(home).launch(output, environment, "worker"));
  }

  /** Whether a process is this worker. */
  boolean owns(long pid) {
    return command.pid() == pid || command.descendants().anyMatch(one -> one.pid() == pid);
  }

  /** Ends it, and proves that nothing of it is left. */
  @Override
  public void close() {
    Processes.end(command);
  }
}
