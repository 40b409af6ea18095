package dev.airlock.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The fields that forms and addresses carry: those of the templates, and those that the program
 * asks a request for. Read from the sources, so that a new one needs no line here.
 */
final class OddFields {
  private static final Pattern IN_FORMS = Pattern.compile(" name=\"([A-Za-z][A-Za-z-]*)\"");
  private static final Pattern ASKED_FOR =
      Pattern.compile("(?:\\(ctx,\\s*|(?:form|query)Params?\\()\"([A-Za-z][A-Za-z-]*)\"");

  /** Of a pipeline's parameters and a policy's bounds. */
  private static final List<String> OF_PIPELINES =
      List.of("param.orders", "param.horizon-days", "auc", "auc-beside-champion", "p");

  private OddFields() {}

  /** In an order that is always the same. */
  static List<String> all() {
    Set<String> fields = new TreeSet<>(OF_PIPELINES);
    find(Path.of("src/main/jte"), ".jte", IN_FORMS, fields);
    find(Path.of("src/main/java"), ".java", ASKED_FOR, fields);
    fields.remove("csrf");
    return List.copyOf(fields);
  }

  private static void find(Path folder, String ending, Pattern pattern, Set<String> into) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(file -> file.toString().endsWith(ending)).toList()) {
        Matcher matcher = pattern.matcher(Files.readString(file));
        while (matcher.find()) {
          into.add(matcher.group(1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
