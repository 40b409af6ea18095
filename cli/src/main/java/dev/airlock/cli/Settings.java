package dev.airlock.cli;

import dev.airlock.local.Home;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * How a system on one machine is set up: by the environment, or by {@code airlock.properties} in
 * its home, where the environment says nothing.
 *
 * @param database {@code embedded}, or the JDBC URL of a server of one's own
 * @param temporal {@code embedded}, {@code memory}, or host:port
 * @param httpPort where web listens
 * @param values everything that was said, for the processes
 */
record Settings(
    Home home, String database, String temporal, int httpPort, Map<String, String> values) {

  static final String EMBEDDED = "embedded";
  static final String MEMORY = "memory";

  private static final String PORT = "AIRLOCK_HTTP_PORT";
  private static final String STANDARD_PORT = "8080";

  Settings {
    values = Map.copyOf(values);
  }

  /**
   * Reads them.
   *
   * @throws CommandException with every fault at once
   */
  static Settings read(Home home, Map<String, String> environment) {
    Map<String, String> values = new HashMap<>(file(home.root().resolve("airlock.properties")));
    environment.forEach(
        (name, value) -> {
          if (name.startsWith("AIRLOCK_") && !value.isBlank()) {
            values.put(name, value.strip());
          }
        });
    List<String> faults = faults(values);
    if (!faults.isEmpty()) {
      throw CommandException.wrongUse(
          "The configuration cannot be used:\n  " + String.join("\n  ", faults));
    }
    return new Settings(
        home,
        values.getOrDefault("AIRLOCK_DATABASE_URL", EMBEDDED),
        values.getOrDefault("AIRLOCK_TEMPORAL_TARGET", EMBEDDED),
        Integer.parseInt(values.getOrDefault(PORT, STANDARD_PORT)),
        values);
  }

  private static Map<String, String> file(Path file) {
    Map<String, String> values = new HashMap<>();
    if (Files.exists(file)) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + file, e);
      }
      properties.forEach((name, value) -> values.put(name.toString(), value.toString().strip()));
    }
    return values;
  }

  private static List<String> faults(Map<String, String> values) {
    List<String> faults = new ArrayList<>();
    String port = values.get(PORT);
    if (port != null && !isPort(port)) {
      faults.add(PORT + " is '" + port + "': expected a port, 1 to 65535, such as 8080.");
    }
    check(
        faults,
        values,
        "AIRLOCK_DATABASE_URL",
        "embedded|jdbc:postgresql://\\S+",
        "'embedded' or jdbc:postgresql://HOST:PORT/DATABASE");
    check(
        faults,
        values,
        "AIRLOCK_TEMPORAL_TARGET",
        "embedded|memory|[^\\s:]+:[0-9]{1,5}",
        "'embedded', 'memory' or HOST:PORT");
    check(
        faults,
        values,
        "AIRLOCK_ARTIFACTS",
        "file:/\\S*",
        "a file: URI, such as file:///var/lib/airlock/artifacts");
    if (values.getOrDefault("AIRLOCK_DATABASE_URL", EMBEDDED).startsWith("jdbc:")) {
      require(faults, values, "AIRLOCK_DATABASE_OWNER_PASSWORD_FILE");
      require(faults, values, "AIRLOCK_DATABASE_PASSWORD_FILE");
    }
    return faults;
  }

  static boolean isPort(String text) {
    return text.matches("[0-9]{1,5}")
        && Integer.parseInt(text) >= 1
        && Integer.parseInt(text) <= 65_535;
  }

  private static void check(
      List<String> faults,
      Map<String, String> values,
      String name,
      String pattern,
      String expected) {
    String value = values.get(name);
    if (value != null && !value.matches(pattern)) {
      faults.add(name + " is '" + value + "': expected " + expected + ".");
    }
  }

  private static void require(List<String> faults, Map<String, String> values, String name) {
    if (!values.containsKey(name)) {
      faults.add(name + " is missing: a database of one's own needs it.");
    }
  }

  Settings withPort(int port) {
    return new Settings(home, database, temporal, port, values);
  }

  Settings withTemporalInMemory() {
    return new Settings(home, database, MEMORY, httpPort, values);
  }

  /** The folder that a setting names, where it names one. */
  Optional<Path> folder(String name) {
    return Optional.ofNullable(values.get(name)).map(Backup::folder);
  }

  /** The settings that stand in the environment, and not in the home's file. */
  List<String> fromEnvironment() {
    Map<String, String> kept = file(home.root().resolve("airlock.properties"));
    return values.entrySet().stream()
        .filter(value -> !value.getValue().equals(kept.get(value.getKey())))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** What a process needs that works on the database as its owner. */
  Map<String, String> databaseEnvironment(Home at, String url) {
    Map<String, String> environment = new LinkedHashMap<>(values);
    environment.put("AIRLOCK_HOME", at.root().toString());
    environment.put("AIRLOCK_DATABASE_URL", url);
    environment.computeIfAbsent(
        "AIRLOCK_DATABASE_PASSWORD_FILE", name -> at.applicationPasswordFile().toString());
    environment.computeIfAbsent(
        "AIRLOCK_DATABASE_OWNER_PASSWORD_FILE", name -> at.ownerPasswordFile().toString());
    return environment;
  }

  boolean namesPort() {
    return values.containsKey(PORT);
  }

  /** Where pages and REST will be. */
  URI url() {
    return URI.create("http://127.0.0.1:" + httpPort);
  }
}
