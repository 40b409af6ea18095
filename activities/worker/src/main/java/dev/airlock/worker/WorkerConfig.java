package dev.airlock.worker;

import dev.airlock.monitoring.Webhook;
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
 * @param webhook where alerts are told
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
    Optional<Webhook> webhook,
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
            webhook(environment),
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

  private static Optional<Webhook> webhook(Environment environment) {
    if (environment.find("AIRLOCK_ALERT_WEBHOOK").isEmpty()) {
      return Optional.empty();
    }
    String expected = "an http or https URL, such as https://alerts.example.org/airlock";
    URI address = environment.uri("AIRLOCK_ALERT_WEBHOOK", expected);
    if (!isHttp(address)) {
      environment.fault("AIRLOCK_ALERT_WEBHOOK is '" + address + "': expected " + expected + ".");
    }
    String key =
        environment.text(
            "AIRLOCK_SECRETS_ALERT_WEBHOOK", "the key that signs what AIRLOCK_ALERT_WEBHOOK gets");
    return Optional.of(new Webhook(address, key, pages(environment)));
  }

  private static URI pages(Environment environment) {
    if (environment.find("AIRLOCK_PUBLIC_URL").isEmpty()) {
      return URI.create("http://127.0.0.1:" + environment.port("AIRLOCK_HTTP_PORT", 8080));
    }
    String expected = "the URL under which people reach the pages, such as http://127.0.0.1:8080";
    URI pages = environment.uri("AIRLOCK_PUBLIC_URL", expected);
    if (!isHttp(pages)) {
      environment.fault("AIRLOCK_PUBLIC_URL is '" + pages + "': expected " + expected + ".");
    }
    return pages;
  }

  private static boolean isHttp(URI address) {
    return address.getHost() != null
        && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()));
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
