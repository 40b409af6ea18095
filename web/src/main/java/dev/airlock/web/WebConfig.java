package dev.airlock.web;

import dev.airlock.store.Environment;
import dev.airlock.store.InvalidConfigurationException;
import dev.airlock.store.StoreConfig;
import dev.airlock.web.api.HookKeys;
import dev.airlock.web.session.AccessConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How this process is set up.
 *
 * @param home where the journal of predictions is kept
 * @param artifacts the artifact store's URI
 * @param temporalTarget {@code host:port}; empty for the gateway alone, which needs none
 * @param isTemporalInMemory whether runs are lost with Temporal's process
 * @param isGatewayAlone whether only the data plane is served
 * @param watchesStdin whether it ends when its standard input closes
 * @param hookKeys the settings that are keys of webhooks
 * @param linkKey signs links in mails; the home keeps one where it is empty
 * @param access who is let in, and for how long
 */
record WebConfig(
    Path home,
    StoreConfig database,
    URI artifacts,
    String temporalTarget,
    String temporalNamespace,
    boolean isTemporalInMemory,
    String host,
    int port,
    boolean isGatewayAlone,
    boolean watchesStdin,
    Map<String, String> hookKeys,
    Optional<String> linkKey,
    AccessConfig access) {

  private static final int STANDARD_PORT = 8080;

  /**
   * Reads the environment.
   *
   * @throws InvalidConfigurationException with every fault
   */
  static WebConfig from(Map<String, String> values) {
    Environment environment = new Environment(values);
    boolean isGatewayAlone = isGatewayAlone(environment);
    WebConfig config =
        new WebConfig(
            environment.path("AIRLOCK_HOME", "the folder that holds this system's files"),
            StoreConfig.from(environment),
            environment.uri(
                "AIRLOCK_ARTIFACTS", "the artifact store, such as file:///var/artifacts"),
            isGatewayAlone ? "" : target(environment),
            environment.find("AIRLOCK_TEMPORAL_NAMESPACE").orElse("default"),
            isTrue(environment, "AIRLOCK_TEMPORAL_MEMORY"),
            environment.find("AIRLOCK_HTTP_HOST").orElse("127.0.0.1"),
            environment.port("AIRLOCK_HTTP_PORT", STANDARD_PORT),
            isGatewayAlone,
            isTrue(environment, "AIRLOCK_WATCH_STDIN"),
            hookKeys(values),
            environment.find("AIRLOCK_SECRETS_LINKS"),
            AccessConfig.from(environment));
    environment.verify();
    return config;
  }

  private static Map<String, String> hookKeys(Map<String, String> values) {
    return values.entrySet().stream()
        .filter(setting -> setting.getKey().startsWith(HookKeys.VARIABLE))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Override
  public String toString() {
    return "WebConfig[home=%s, port=%d]".formatted(home, port);
  }

  private static boolean isGatewayAlone(Environment environment) {
    String mode = environment.find("AIRLOCK_WEB_MODE").orElse("all").toLowerCase(Locale.ROOT);
    if (!mode.equals("all") && !mode.equals("gateway")) {
      environment.fault(
          "AIRLOCK_WEB_MODE is '" + mode + "': expected all, or gateway for the data plane alone.");
    }
    return mode.equals("gateway");
  }

  private static String target(Environment environment) {
    String target = environment.text("AIRLOCK_TEMPORAL_TARGET", "host:port of Temporal's frontend");
    if (!target.isEmpty() && !target.matches("[^\\s:]+:\\d{1,5}|\\[[0-9a-fA-F:]+]:\\d{1,5}")) {
      environment.fault("AIRLOCK_TEMPORAL_TARGET is '" + target + "': expected host:port.");
    }
    return target;
  }

  private static boolean isTrue(Environment environment, String name) {
    Optional<String> text = environment.find(name);
    if (text.isPresent() && !text.get().equals("true") && !text.get().equals("false")) {
      environment.fault(name + " is '" + text.get() + "': expected true or false.");
    }
    return text.filter("true"::equals).isPresent();
  }
}
