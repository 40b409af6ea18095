package dev.airlock.dsl;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What things may be called, and what was probably meant. */
final class Names {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final int LONGEST = 60;

  private Names() {}

  /** Reports a name that is not lower-case words joined by hyphens. */
  static void check(String name, String what, Findings findings) {
    if (!NAME.matcher(name).matches()) {
      findings.add(
          "'%s' is no name for a %s: it takes lower-case words joined by hyphens."
              .formatted(name, what),
          "Call it '%s'.".formatted(suggest(name, what)));
    } else if (name.length() > LONGEST) {
      findings.add(
          "The name of the %s has %d characters.".formatted(what, name.length()),
          "Keep it to %d.".formatted(LONGEST));
    }
  }

  /** {@code " Did you mean 'x'?"} where one of the options is close, else the options. */
  static String didYouMean(String given, Collection<String> options) {
    return nearest(given, options)
        .map("Did you mean '%s'?"::formatted)
        .orElse("It takes one of: %s.".formatted(String.join(", ", options)));
  }

  static Optional<String> nearest(String given, Collection<String> options) {
    return options.stream()
        .min(Comparator.comparingInt(option -> distance(given, option)))
        .filter(option -> distance(given, option) <= Math.max(2, given.length() / 3));
  }

  private static String suggest(String name, String what) {
    String words =
        name.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^[-0-9]+|-+$", "");
    return words.isEmpty() ? "my-" + what : words;
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
