package dev.airlock.worker;

import dev.airlock.messages.MessagesConfig;
import dev.airlock.spark.SparkConfig;
import dev.airlock.store.Environment;
import dev.airlock.store.StoreConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a worker is told by its environment.
 *
 * @param temporalTarget host:port
 * @param temporalInMemory whether that server forgets everything when it stops
 * @param pipelines the folder that jars and source files are dropped into
 * @param publisher who counts as having published those
 * @param messages where alerts and approvals are told
 * @param maskKey what masks personal values; the home keeps one where it is empty
 * @param haltPoint where a test wants the process to stop
 * @param queues what it takes work from
 */
record WorkerConfig(
    Path home,
    StoreConfig store,
    URI artifacts,
    String temporalTarget,
    String temporalNamespace,
    boolean temporalInMemory,
    String sparkMaster,
    Path pipelines,
    String publisher,
    MessagesConfig messages,
    Optional<String> maskKey,
    Optional<String> haltPoint,
    WorkerQueues queues) {

  /**
   * Reads the environment.
   *
   * @throws dev.airlock.store.InvalidConfigurationException with every fault at once
   */
  static WorkerConfig from(Environment environment) {
    Path home =
        environment
            .path("AIRLOCK_HOME", "the folder that keeps what this system knows")
            .toAbsolutePath();
    WorkerConfig config =
        new WorkerConfig(
            home,
            StoreConfig.from(environment),
            environment.uri(
                "AIRLOCK_ARTIFACTS", "a file: URI, such as file:///var/lib/airlock/artifacts"),
            environment.text(
                "AIRLOCK_TEMPORAL_TARGET", "Temporal's host:port, such as 127.0.0.1:7233"),
            environment.find("AIRLOCK_TEMPORAL_NAMESPACE").orElse("default"),
            environment.find("AIRLOCK_TEMPORAL_MEMORY").filter("true"::equals).isPresent(),
            environment.find("AIRLOCK_SPARK_MASTER").orElse("local[*]"),
            environment.find("AIRLOCK_PIPELINES").map(Path::of).orElse(home.resolve("pipelines")),
            environment.find("AIRLOCK_PUBLISHER").orElse("engineer"),
            MessagesConfig.from(environment),
            maskKey(environment),
            environment.find("AIRLOCK_TEST_HALT_POINT"),
            WorkerQueues.from(environment));
    environment.verify();
    return config;
  }

  private static Optional<String> maskKey(Environment environment) {
    Optional<String> key = environment.find("AIRLOCK_SECRETS_MASK");
    if (key.isPresent() && key.get().length() < 16) {
      environment.fault("AIRLOCK_SECRETS_MASK is shorter than 16 characters: give a longer key.");
    }
    return key;
  }

  SparkConfig spark() {
    return new SparkConfig(
        sparkMaster,
        store.url(),
        store.user(),
        store.password(),
        home.resolve("warehouse").toUri(),
        home.resolve("scratch"));
  }

  /** Where what attempts say lies until PostgreSQL has it. */
  Path attemptLogs() {
    return home.resolve("logs/attempts");
  }
}
