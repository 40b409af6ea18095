package dev.airlock.programs;

import dev.airlock.dsl.SecretValue;
import dev.airlock.workflows.StageFailure;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Secrets and connections by name. A secret {@code slack-token} is the variable {@code
 * AIRLOCK_SECRETS_SLACK_TOKEN}, or else a file {@code secrets/slack-token} in the home, or else
 * {@code /run/secrets/slack-token}. A connection {@code warehouse} is the variables {@code
 * AIRLOCK_CONNECTION_WAREHOUSE_URL}, {@code _USER} and {@code _PASSWORD}, or else a file {@code
 * connections/warehouse.properties} in the home with {@code url}, {@code user} and {@code
 * password}. Files are read anew each time, so that a changed secret needs no restart.
 */
public final class Vault {

  private static final String SECRETS = "AIRLOCK_SECRETS_";
  private static final String CONNECTION = "AIRLOCK_CONNECTION_";
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final Pattern URL_OF = Pattern.compile(CONNECTION + "([A-Z][A-Z0-9_]*)_URL");

  /** What Airlock itself is given in the same way, and gives to no pipeline. */
  private static final Set<String> OWN =
      Set.of("alert-webhook", "approval-webhook", "links", "mask", "oidc", "smtp");

  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final Map<String, String> environment;
  private final Path home;
  private final Path mounted;

  /**
   * Reads what the process was given.
   *
   * @param home the system's
   * @param mounted where an orchestrator of containers puts secrets: {@code /run/secrets}
   */
  public Vault(Map<String, String> environment, Path home, Path mounted) {
    this.environment = Map.copyOf(environment);
    this.home = home;
    this.mounted = mounted;
  }

  /**
   * A name that this process knows.
   *
   * @param kind {@code secret} or {@code connection}
   * @param source where it comes from, in words
   * @param fault why it can't be used; null where it can
   */
  public record Entry(String kind, String name, String source, @Nullable String fault) {}

  /** Where a database is, and as whom it is asked. */
  record Database(String url, String user, String password) {
    @Override
    public String toString() {
      return "Database[" + Mask.mask(url) + "]";
    }
  }

  /**
   * The value of a secret, masked from now on.
   *
   * @throws io.temporal.failure.ApplicationFailure where this worker has none of this name
   */
  public SecretValue secret(String name) {
    return new SecretValue(name, find(name).orElseThrow(() -> missingSecret(name)));
  }

  private Optional<String> find(String name) {
    if (!NAME.matcher(name).matches() || OWN.contains(name)) {
      return Optional.empty();
    }
    Optional<String> value =
        Optional.ofNullable(environment.get(variable(SECRETS, name)))
            .or(() -> secretFile(name).map(file -> read(file, name)))
            .filter(text -> !text.isBlank());
    value.ifPresent(text -> keep(text, "The secret '" + name + "'"));
    return value;
  }

  private Optional<Path> secretFile(String name) {
    return Stream.of(home.resolve("secrets").resolve(name), mounted.resolve(name))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private String read(Path file, String name) {
    fault(file)
        .ifPresent(
            fault -> {
              throw StageFailure.of(
                  StageFailure.BAD_PIPELINE, "The secret '%s': %s".formatted(name, fault));
            });
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The secret '%s': the worker can't read its file %s.".formatted(name, file));
    }
  }

  /** Files in the home are their owner's alone; mounted ones are what their mount makes them. */
  private Optional<String> fault(Path file) {
    try {
      boolean open =
          file.startsWith(home)
              && Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS).stream()
                  .anyMatch(OTHERS::contains);
      return open
          ? Optional.of(
              "others may read its file %s. Let only its owner: chmod 600.".formatted(file))
          : Optional.empty();
    } catch (UnsupportedOperationException e) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("the worker can't read its file " + file + ".");
    }
  }

  private static void keep(String value, String what) {
    if (value.length() < Mask.SHORTEST) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s has fewer than %d characters, so that it can't be kept out of logs."
              .formatted(what, Mask.SHORTEST));
    }
    Mask.hide(value);
  }

  private RuntimeException missingSecret(String name) {
    return StageFailure.of(
        StageFailure.BAD_PIPELINE,
        "The worker has no secret '%s': give it %s, or the file %s (mode 600)."
            .formatted(name, variable(SECRETS, name), home.resolve("secrets").resolve(name)));
  }

  /**
   * The connection of this name, its password masked from now on.
   *
   * @throws io.temporal.failure.ApplicationFailure where this worker has none of this name
   */
  Database connection(String name) {
    String variable = variable(CONNECTION, name);
    Map<String, String> parts = new TreeMap<>();
    Path file = connectionFile(name);
    if (environment.containsKey(variable + "_URL")) {
      for (String part : List.of("url", "user", "password")) {
        String value = environment.get(variable + "_" + part.toUpperCase(Locale.ROOT));
        parts.put(part, value == null ? "" : value.strip());
      }
    } else if (Files.isRegularFile(file)) {
      fault(file)
          .ifPresent(
              fault -> {
                throw StageFailure.of(
                    StageFailure.BAD_PIPELINE, "The connection '%s': %s".formatted(name, fault));
              });
      parts.putAll(properties(file));
    }
    String url = parts.getOrDefault("url", "");
    if (!NAME.matcher(name).matches() || url.isEmpty()) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The worker has no connection '%s': give it %s_URL, _USER and _PASSWORD, or the file %s."
              .formatted(name, variable, file));
    }
    String password = parts.getOrDefault("password", "");
    if (!password.isEmpty()) {
      keep(password, "The password of the connection '" + name + "'");
    }
    return new Database(url, parts.getOrDefault("user", ""), password);
  }

  private Path connectionFile(String name) {
    return home.resolve("connections").resolve(name + ".properties");
  }

  private static Map<String, String> properties(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException("The connection's file can't be read: " + file, e);
    }
    Map<String, String> parts = new TreeMap<>();
    properties.forEach((key, value) -> parts.put(key.toString(), value.toString().strip()));
    return parts;
  }

  /** Everything that has a name here, values left out. */
  public List<Entry> entries() {
    Map<String, Entry> entries = new TreeMap<>();
    environment.keySet().stream().sorted().forEach(variable -> named(variable, entries));
    files(home.resolve("secrets")).forEach(file -> secret(file, entries));
    files(mounted).forEach(file -> secret(file, entries));
    files(home.resolve("connections"))
        .filter(file -> file.toString().endsWith(".properties"))
        .forEach(
            file -> {
              String name = file.getFileName().toString().replaceFirst("\\.properties$", "");
              add(entries, "connection", name, "file " + file, fault(file).orElse(null));
            });
    return List.copyOf(entries.values());
  }

  private static void named(String variable, Map<String, Entry> entries) {
    if (variable.startsWith(SECRETS)) {
      add(entries, "secret", name(variable.substring(SECRETS.length())), variable, null);
    }
    var url = URL_OF.matcher(variable);
    if (url.matches()) {
      add(entries, "connection", name(url.group(1)), variable, null);
    }
  }

  private void secret(Path file, Map<String, Entry> entries) {
    String name = file.getFileName().toString();
    add(entries, "secret", name, "file " + file, fault(file).orElse(null));
  }

  private static void add(
      Map<String, Entry> entries, String kind, String name, String source, @Nullable String fault) {
    if (NAME.matcher(name).matches() && !OWN.contains(name)) {
      entries.putIfAbsent(kind + " " + name, new Entry(kind, name, source, fault));
    }
  }

  private static Stream<Path> files(Path folder) {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> found = Files.list(folder)) {
        found.filter(Files::isRegularFile).sorted().forEach(files::add);
      } catch (IOException e) {
        // A folder that nobody may look into holds nothing for pipelines.
        return Stream.of();
      }
    }
    return files.stream();
  }

  private static String variable(String prefix, String name) {
    return prefix + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static String name(String variable) {
    return variable.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
