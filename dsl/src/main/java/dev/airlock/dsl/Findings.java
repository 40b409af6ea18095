package dev.airlock.dsl;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects problems, each once, under the place that is being looked at. */
final class Findings {

  private final Set<Problem> problems;
  private final String place;

  private Findings(Set<Problem> problems, String place) {
    this.problems = problems;
    this.place = place;
  }

  static Findings of(String place) {
    return new Findings(new LinkedHashSet<>(), place);
  }

  /** The same collection, seen from another place. */
  Findings at(String otherPlace) {
    return new Findings(problems, otherPlace);
  }

  void add(String what, String suggestion) {
    problems.add(new Problem(place, what, suggestion));
  }

  List<Problem> all() {
    return List.copyOf(problems);
  }
}
