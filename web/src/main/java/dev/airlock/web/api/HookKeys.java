package dev.airlock.web.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of webhooks: that of {@code new-prices} of {@code pricing} is the variable {@code
 * AIRLOCK_HOOKS_PRICING__NEW_PRICES}, or else a file {@code secrets/hook.pricing.new-prices} in the
 * home, or else {@code /run/secrets/hook.pricing.new-prices}: names that no pipeline can say, and
 * no two webhooks share. Files are read anew each time, so that a changed key needs no restart.
 */
public final class HookKeys {

  /** How the variables begin. */
  public static final String VARIABLE = "AIRLOCK_HOOKS_";

  private final Map<String, String> environment;
  private final List<Path> folders;

  /**
   * Reads what the process was given.
   *
   * @param environment at least the variables that begin with {@link #VARIABLE}
   * @param home the system's
   */
  public HookKeys(Map<String, String> environment, Path home) {
    this.environment = Map.copyOf(environment);
    this.folders = List.of(home.resolve("secrets"), Path.of("/run/secrets"));
  }

  /** The key; empty where there is none. */
  Optional<String> find(String pipeline, String webhook) {
    return Optional.ofNullable(environment.get(variable(pipeline, webhook)))
        .or(() -> inFile(file(pipeline, webhook)))
        .map(String::strip)
        .filter(key -> !key.isEmpty());
  }

  static String variable(String pipeline, String webhook) {
    return VARIABLE + (pipeline + "__" + webhook).toUpperCase(Locale.ROOT).replace('-', '_');
  }

  static String file(String pipeline, String webhook) {
    return "hook." + pipeline + "." + webhook;
  }

  /** Pipelines and webhooks that exist have names that stay within the folder. */
  private Optional<String> inFile(String name) {
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isRegularFile)
        .findFirst()
        .map(HookKeys::read);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("The key in " + file + " can't be read", e);
    }
  }
}
