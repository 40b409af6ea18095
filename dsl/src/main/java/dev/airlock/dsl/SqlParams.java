package dev.airlock.dsl;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Compares the {@code :params} of a stage's SQL with those that the stage declares. */
final class SqlParams {

  /** The logical date, which every stage has. */
  static final String AS_OF = "as_of";

  private static final Pattern TOKEN =
      Pattern.compile(
          """
          '(?:[^'\\\\]|\\\\.|'')*' | "(?:[^"\\\\]|\\\\.)*" | `[^`]*` | --[^\\n]* | /\\*.*?\\*/ | ::
          | :(?<param>[A-Za-z_]\\w*)
          | \\b(?<clock>current_date|current_timestamp|current_time|localtimestamp|curdate)\\b
          | \\b(?<call>now|rand|random|randn|uuid|shuffle|unix_timestamp)\\s*\\(
          """,
          Pattern.COMMENTS | Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  private SqlParams() {}

  static String nameOf(Param<?> param) {
    return param.name().replace('-', '_');
  }

  static void check(String sql, List<Param<?>> declared, Findings findings) {
    Set<String> used = new LinkedHashSet<>();
    Set<String> unsteady = new LinkedHashSet<>();
    Matcher token = TOKEN.matcher(sql);
    while (token.find()) {
      if (token.group("param") != null) {
        used.add(token.group("param"));
      } else if (token.group("clock") != null) {
        unsteady.add(token.group("clock").toLowerCase(Locale.ROOT));
      } else if (token.group("call") != null) {
        unsteady.add(token.group("call").toLowerCase(Locale.ROOT) + "()");
      }
    }
    for (String word : unsteady) {
      findings.add(
          "The SQL calls %s, so that two runs of one logical date would differ.".formatted(word),
          "Time is data: use :as_of, the run's logical date, and nothing by chance.");
    }
    compare(used, declared, findings);
  }

  private static void compare(Set<String> used, List<Param<?>> declared, Findings findings) {
    Set<String> known =
        declared.stream()
            .map(SqlParams::nameOf)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    for (String name : used) {
      if (!known.contains(name) && !name.equals(AS_OF)) {
        findings.add(
            "The SQL reads :%s, which the stage does not declare.".formatted(name),
            Names.nearest(name, known)
                .map("Did you mean :%s?"::formatted)
                .orElse("Declare it: .with(Param…(\"%s\")).".formatted(name.replace('_', '-'))));
      }
    }
    for (Param<?> param : declared) {
      if (!used.contains(nameOf(param))) {
        findings.add(
            "The stage declares the param '%s', which its SQL does not read."
                .formatted(param.name()),
            "Use it as :%s, or take it out of .with(…).".formatted(nameOf(param)));
      }
    }
  }
}
