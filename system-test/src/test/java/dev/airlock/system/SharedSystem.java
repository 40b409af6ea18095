package dev.airlock.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests one {@link RunningSystem}, the {@link Bell} that it rings, the {@link Postbox} to
 * which it writes, and one {@link SecondGateway} where they ask for it, started for the first of
 * them and stopped after the last. Each test works on runs of its own and leaves the system
 * running.
 */
final class SharedSystem implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == RunningSystem.class
        || type == SecondGateway.class
        || type == Bell.class
        || type == Postbox.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Store store = context.getRoot().getStore(Namespace.create(SharedSystem.class));
    Bell bell = store.computeIfAbsent(Bell.class, type -> Bell.listen(), Bell.class);
    Postbox postbox = store.computeIfAbsent(Postbox.class, type -> Postbox.open(), Postbox.class);
    RunningSystem system =
        store.computeIfAbsent(
            RunningSystem.class,
            type -> RunningSystem.start(newHome(), environment(bell, postbox)),
            RunningSystem.class);
    Class<?> wanted = parameter.getParameter().getType();
    if (wanted == Bell.class) {
      return bell;
    }
    if (wanted == Postbox.class) {
      return postbox;
    }
    return wanted == RunningSystem.class
        ? system
        : store.computeIfAbsent(
            SecondGateway.class, type -> SecondGateway.beside(system), SecondGateway.class);
  }

  private static Map<String, String> environment(Bell bell, Postbox postbox) {
    Map<String, String> environment = new HashMap<>(bell.environment());
    environment.putAll(postbox.environment());
    return environment;
  }

  /** A home that stays after the test, for whoever wants to know what happened. */
  static Path newHome() {
    try {
      Path homes = Files.createDirectories(Path.of("target/homes").toAbsolutePath());
      return Files.createTempDirectory(homes, "home");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
