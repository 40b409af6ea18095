package dev.airlock.examples;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever Java the README and the guide show stands, line by line, in an example or a test that
 * compiles.
 */
final class DocumentationTest {

  private static final Path ROOT = Path.of("..");

  /** Folders in which files come and go, as tests of other modules run at the same time. */
  private static final Set<String> WRITTEN = Set.of("target", "dist", ".git");

  private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

  @Test
  void shouldShowOnlyCodeThatCompilesWhenAPageQuotesJava() throws IOException {
    String examples = sources();
    int found = 0;
    for (Path page : pages()) {
      Matcher snippet = SNIPPET.matcher(Files.readString(page));
      while (snippet.find()) {
        found++;
        String code = withoutIndentation(snippet.group(1));
        assertTrue(
            examples.contains(code),
            page + " shows code that is in no example and no test:\n" + code);
      }
    }
    assertTrue(found > 0, "The pages quote no Java at all.");
  }

  @Test
  void shouldLeadSomewhereWhenAPageLinksToAFile() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        if (!Files.exists(page.resolveSibling(link.group(1)))) {
          dead.add(page + " -> " + link.group(1));
        }
      }
    }
    assertTrue(dead.isEmpty(), "Links that lead nowhere: " + dead);
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> guide = Files.list(ROOT.resolve("docs/guide"))) {
      guide.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
    }
    assertFalse(pages.size() < 2, "The guide has no pages.");
    return pages;
  }

  private static String sources() throws IOException {
    StringBuilder all = new StringBuilder();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return WRITTEN.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (isCompiled(file)) {
              all.append(withoutIndentation(Files.readString(file))).append('\n');
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException && !isCompiled(file)) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    return all.toString();
  }

  private static boolean isCompiled(Path file) {
    String path = file.toString();
    return path.endsWith(".java") && path.matches(".*/src/(main|test)/java/.*");
  }

  private static String withoutIndentation(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining("\n"));
  }
}
