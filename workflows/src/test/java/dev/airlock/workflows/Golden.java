package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that record how something was. {@code mvn test -pl workflows -Dgolden.rewrite=true} records
 * it anew.
 */
final class Golden {

  private static final Path FOLDER = Path.of("src", "test", "resources");

  private Golden() {}

  static boolean isRewritten() {
    return Boolean.getBoolean("golden.rewrite");
  }

  static Path file(String name) {
    return FOLDER.resolve(name);
  }

  static void write(String name, String text) throws IOException {
    Files.createDirectories(file(name).getParent());
    Files.writeString(file(name), text.endsWith("\n") ? text : text + "\n");
  }

  static void compare(String name, String text) throws IOException {
    if (isRewritten()) {
      write(name, text);
    }
    assertEquals(Files.readString(file(name)).strip(), text.strip());
  }
}
