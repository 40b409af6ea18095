package dev.airlock.dsl;

import dev.airlock.dsl.graph.Nearest;
import java.util.Collection;
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
    return Nearest.suggestion(given, options);
  }

  static Optional<String> nearest(String given, Collection<String> options) {
    return Nearest.to(given, options);
  }

  private static String suggest(String name, String what) {
    String words =
        name.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^[-0-9]+|-+$", "");
    return words.isEmpty() ? "my-" + what : words;
  }
}
