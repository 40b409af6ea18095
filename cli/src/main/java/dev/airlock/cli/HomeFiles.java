package dev.airlock.cli;

import dev.airlock.local.Home;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Which files of a home a backup takes. Links are followed: it holds what they lead to. */
final class HomeFiles {

  /**
   * Taken otherwise: PostgreSQL's by its rows, Temporal's by SQLite. Or of no use elsewhere: what
   * runs, what processes say, what stages and programs need while they run.
   */
  private static final Set<String> LEFT_OUT =
      Set.of("postgres", "postgres.new", "temporal", "state.json", "scratch", "halted", "logs");

  /** Taken once the database's moment has passed: what PostgreSQL names is there then, for good. */
  private static final Set<String> LATER = Set.of("artifacts", "warehouse");

  /** What lies here is on its way into PostgreSQL, which then holds it alone. */
  private static final List<String> ON_THEIR_WAY = List.of("journal", "logs/attempts");

  /** How the gateway and workers call what has reached PostgreSQL. */
  private static final String SHIPPED = ".shipped";

  private HomeFiles() {}

  /** All but the large folders, by their paths in the home. */
  static Map<String, Path> small(Home home) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> top = Files.list(home.root())) {
      for (Path path : top.toList()) {
        String name = path.getFileName().toString();
        if (!LEFT_OUT.contains(name) && !LATER.contains(name) && !ON_THEIR_WAY.contains(name)) {
          files.putAll(under(path, name));
        }
      }
    }
    files.putAll(onTheirWay(home));
    return files;
  }

  /**
   * Predictions and logs that PostgreSQL may not have yet. What was shipped within the last minute
   * is among them, as if it had not been: who restores it ships it once more, which does no harm.
   */
  static Map<String, Path> onTheirWay(Home home) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    for (String folder : ON_THEIR_WAY) {
      // What is renamed while its folder is listed may be seen under neither name. That happens to
      // a file once, so another listing sees it.
      for (int listing = 0; listing < 2; listing++) {
        under(home.root().resolve(folder), folder)
            .forEach((path, file) -> files.put(unshipped(path), file));
      }
    }
    return files;
  }

  /**
   * Copies a file over what is there. Where it has been shipped since it was listed, and so has
   * another name, it is copied from there.
   *
   * @throws NoSuchFileException where it is gone under both names
   */
  static void copy(Path file, Path target) throws IOException {
    try {
      replace(file, target);
    } catch (NoSuchFileException e) {
      replace(file.resolveSibling(file.getFileName() + SHIPPED), target);
    }
  }

  private static void replace(Path file, Path target) throws IOException {
    Files.copy(
        file, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
  }

  private static String unshipped(String path) {
    return path.endsWith(SHIPPED) ? path.substring(0, path.length() - SHIPPED.length()) : path;
  }

  /** The files of a folder, or a file alone, by paths that begin with this one; none if missing. */
  static Map<String, Path> under(Path root, String path) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    if (!Files.exists(root)) {
      return files;
    }
    Files.walkFileTree(
        root,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              String below = root.relativize(file).toString();
              files.put(below.isEmpty() ? path : path + "/" + below, file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (Files.exists(file)) {
              throw e;
            }
            // Gone in between, or a link to nothing.
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  /**
   * The tables' files, what the catalog names first: it is replaced as tables are written to, the
   * others stay.
   */
  static List<Map.Entry<String, Path>> warehouse(Home home) throws IOException {
    List<Map.Entry<String, Path>> files =
        new ArrayList<>(under(home.warehouse(), "warehouse").entrySet());
    files.sort(Comparator.comparing(entry -> !entry.getKey().endsWith(".metadata.json")));
    return files;
  }

  /** Deletes a folder with all that is in it. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
