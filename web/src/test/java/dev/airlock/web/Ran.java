package dev.airlock.web;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Remembers which classes of tests have begun, and which operations of the API have answered: in
 * this JVM, and in those beside it where the property {@code airlock.answers} names a folder. JUnit
 * finds it by itself.
 */
public final class Ran implements BeforeAllCallback, AfterAllCallback {
  private static final String CLASS = "class ";
  private static final String ANSWERED = "answered ";
  private static final Set<String> CLASSES = ConcurrentHashMap.newKeySet();

  /** The classes' names, without packages. */
  static Set<String> classes() throws IOException {
    return all(CLASS);
  }

  /** The names of the operations that have answered something else than a problem. */
  static Set<String> answered() throws IOException {
    return all(ANSWERED);
  }

  private static Set<String> all(String word) throws IOException {
    List<String> lines = lines();
    Path folder = folder();
    if (folder != null && Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          lines.addAll(Files.readAllLines(file));
        }
      }
    }
    return lines.stream()
        .filter(line -> line.startsWith(word))
        .map(line -> line.substring(word.length()))
        .collect(Collectors.toSet());
  }

  private static List<String> lines() {
    List<String> lines = new ArrayList<>();
    CLASSES.forEach(name -> lines.add(CLASS + name));
    Contract.current().answered().forEach(name -> lines.add(ANSWERED + name));
    return lines;
  }

  private static @Nullable Path folder() {
    String folder = System.getProperty("airlock.answers", "");
    return folder.isEmpty() ? null : Path.of(folder);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    CLASSES.add(context.getRequiredTestClass().getSimpleName());
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    Path folder = folder();
    if (folder != null) {
      Files.createDirectories(folder);
      Files.write(folder.resolve(ProcessHandle.current().pid() + ".txt"), lines());
    }
  }
}
