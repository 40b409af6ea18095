package dev.airlock.dsl;

import dev.airlock.dsl.graph.NamedParameters;
import dev.airlock.dsl.graph.StatementSpec;
import java.util.LinkedHashSet;
import java.util.Set;

/** Compares the {@code :names} of a database's statement with what is bound. */
final class StatementChecks {

  private StatementChecks() {}

  static void check(StatementSpec statement, Findings findings) {
    NamedParameters read = NamedParameters.of(statement.sql());
    if (read.sql().isBlank()) {
      findings.add("The SQL is empty.", "Write one statement.");
    }
    if (read.hasQuestionMark()) {
      findings.add(
          "The SQL holds a ? outside of texts.",
          "Name what is bound: :horizon_days. An operator with a ? has a function of its own.");
    }
    Set<String> known = new LinkedHashSet<>();
    known.add(NamedParameters.AS_OF);
    known.add(NamedParameters.RUN_KEY);
    known.addAll(statement.bound().keySet());
    Set<String> used = new LinkedHashSet<>(read.names());
    for (String name : used) {
      if (!known.contains(name)) {
        findings.add(
            "The SQL reads :%s, which nothing is bound to.".formatted(name),
            Names.nearest(name, known)
                .map("Did you mean :%s?"::formatted)
                .orElse("Add .with(Param…) to the stage, or .bind(\"%s\", …).".formatted(name)));
      }
    }
    known.removeAll(Set.of(NamedParameters.AS_OF, NamedParameters.RUN_KEY));
    known.removeAll(used);
    for (String name : known) {
      findings.add(
          "The SQL does not read :%s, which is bound.".formatted(name), "Use it, or take it out.");
    }
  }
}
