package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkFolderTest {
  @TempDir private Path parent;

  @Test
  void shouldRemoveWhatAKilledProcessHasLeftAndNothingElse() throws IOException {
    Path left = Files.createDirectories(parent.resolve(".work-left/home/secrets"));
    Files.writeString(left.resolve("app.password"), "secret");
    Files.createFile(parent.resolve(".work-left.lock"));
    Path strange = Files.createDirectories(parent.resolve(".work-of-nobody"));

    try (WorkFolder used = WorkFolder.in(parent, ".work-");
        WorkFolder second = WorkFolder.in(parent, ".work-")) {
      assertFalse(Files.exists(parent.resolve(".work-left")));
      assertTrue(Files.exists(used.path()), "it is in use");
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(second.path())));
    }

    assertTrue(Files.exists(strange), "no lock says that it was a work folder");
    try (Stream<Path> rest = Files.list(parent)) {
      assertEquals(1, rest.count());
    }
  }
}
