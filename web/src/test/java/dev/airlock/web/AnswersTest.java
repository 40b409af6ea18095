package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * After all others: each operation of {@code openapi.yaml} has answered some test with more than a
 * problem, and so was held against its schema. Says nothing where a part of the tests has run.
 */
@Order(Integer.MAX_VALUE)
final class AnswersTest {

  /** They need a worker or Temporal; the system tests ask them. */
  private static final SortedSet<String> ELSEWHERE =
      new TreeSet<>(Set.of("GET /api/v1/ready", "GET /api/v1/runs/{id}/histories/{position}"));

  @Test
  void shouldHaveHadAnAnswerOfEachOperation() throws IOException, URISyntaxException {
    SortedSet<String> unmet =
        Contract.current().operations().stream()
            .map(Contract.Operation::name)
            .collect(Collectors.toCollection(TreeSet::new));
    unmet.removeAll(Ran.answered());
    SortedSet<String> left = testClasses();
    left.removeAll(Ran.classes());
    assumeTrue(
        left.isEmpty(), () -> "These have not run: " + left + "; without an answer are: " + unmet);
    assertEquals(ELSEWHERE, unmet, "What no test of the web has had an answer of");
  }

  private static SortedSet<String> testClasses() throws IOException, URISyntaxException {
    Path classes =
        Path.of(AnswersTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("Test.class") && !name.contains("$"))
          .map(name -> name.replace(".class", ""))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
