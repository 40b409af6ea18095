package dev.airlock.dsl.graph;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What was probably meant by a name that is not there. */
public final class Nearest {

  private Nearest() {}

  /** The option closest to the given name; empty where none is close. */
  public static Optional<String> to(String given, Collection<String> options) {
    return options.stream()
        .min(Comparator.comparingInt(option -> distance(given, option)))
        .filter(option -> distance(given, option) <= Math.max(2, given.length() / 3));
  }

  /** {@code Did you mean 'x'?} where an option is close, else all of them. */
  public static String suggestion(String given, Collection<String> options) {
    return to(given, options)
        .map("Did you mean '%s'?"::formatted)
        .orElse("It takes one of: %s.".formatted(String.join(", ", options)));
  }

  /** Levenshtein's distance. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
