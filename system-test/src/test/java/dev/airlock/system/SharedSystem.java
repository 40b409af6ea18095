package dev.airlock.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests one {@link RunningSystem}, the {@link Bell} that it rings, and one {@link
 * SecondGateway} where they ask for it, started for the first of them and stopped after the last.
 * Each test works on runs of its own and leaves the system running.
 */
final class SharedSystem implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == RunningSystem.class || type == SecondGateway.class || type == Bell.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Store store = context.getRoot().getStore(Namespace.create(SharedSystem.class));
    Bell bell = store.computeIfAbsent(Bell.class, type -> Bell.listen(), Bell.class);
    RunningSystem system =
        store.computeIfAbsent(
            RunningSystem.class,
            type -> RunningSystem.start(newHome(), bell.environment()),
            RunningSystem.class);
    Class<?> wanted = parameter.getParameter().getType();
    if (wanted == Bell.class) {
      return bell;
    }
    return wanted == RunningSystem.class
        ? system
        : store.computeIfAbsent(
            SecondGateway.class, type -> SecondGateway.beside(system), SecondGateway.class);
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
