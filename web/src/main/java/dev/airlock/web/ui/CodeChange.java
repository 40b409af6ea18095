package dev.airlock.web.ui;

import dev.airlock.store.Run;
import dev.airlock.store.Store;
import dev.airlock.web.ui.RunPage.Fact;
import dev.airlock.workflows.Evidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What of code and params is other than in the run that gave the champion: what a reviewer of a
 * change asks first.
 *
 * @param since the champion, as v1
 */
public record CodeChange(String since, List<Fact> facts) {

  /** Empty where there is no champion, or older releases did not say its run or this run's code. */
  static Optional<CodeChange> of(Store store, Evidence evidence) {
    Evidence.Champion champion = evidence.champion();
    Evidence.DataChange change = evidence.dataChange();
    Evidence.Origin origin = evidence.origin();
    if (champion == null || change == null || origin == null) {
      return Optional.empty();
    }
    return store
        .runs()
        .find(change.championRun())
        .map(before -> new CodeChange("v" + champion.version(), facts(evidence, origin, before)));
  }

  private static List<Fact> facts(Evidence evidence, Evidence.Origin origin, Run before) {
    List<Fact> facts = new ArrayList<>();
    facts.add(code(evidence.pipeline(), origin.pipelineVersion(), before));
    TreeSet<String> names = new TreeSet<>(origin.params().keySet());
    names.addAll(before.params().keySet());
    for (String name : names) {
      String now = value(origin.params(), name);
      String then = value(before.params(), name);
      if (!now.equals(then)) {
        facts.add(Fact.of(name, then + " → " + now));
      }
    }
    if (facts.size() == 1) {
      facts.add(Fact.of("Params", "the same"));
    }
    return facts;
  }

  private static Fact code(String pipeline, int version, Run before) {
    if (!before.pipeline().equals(pipeline)) {
      return Fact.of(
          "Code",
          "another pipeline: %s v%d, before %s v%d"
              .formatted(pipeline, version, before.pipeline(), before.version()));
    }
    return before.version() == version
        ? Fact.of("Code", "the same, version %d of %s".formatted(version, pipeline))
        : new Fact(
            "Code",
            "%s version %d → %d: what changed".formatted(pipeline, before.version(), version),
            "/pipelines/%s/versions?from=%d&to=%d".formatted(pipeline, before.version(), version));
  }

  private static String value(Map<String, String> params, String name) {
    return Objects.requireNonNullElse(params.get(name), "none");
  }
}
