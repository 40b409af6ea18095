package dev.airlock.system;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the project and what was built of it lie. */
final class Project {

  private Project() {}

  /** The folder of the root pom. */
  static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve("system-test"))
          && Files.exists(folder.resolve("pom.xml"))) {
        return folder;
      }
    }
    throw new AssertionError(
        "Expected to run inside the project, but no folder above "
            + Path.of("").toAbsolutePath()
            + " holds system-test/ and a pom.xml.");
  }

  /** What {@code ./airlock} builds and everyone runs. */
  static Path dist() {
    Path dist = Path.of(System.getProperty("airlock.dist", root().resolve("dist").toString()));
    if (!Files.isExecutable(dist.resolve("airlock"))) {
      throw new AssertionError(
          "Expected the built system in "
              + dist
              + ", but it holds no launcher. Run ./airlock test, which builds it.");
    }
    return dist;
  }
}
