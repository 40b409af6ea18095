package dev.airlock.web.ui;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.web.api.Beside;
import dev.airlock.web.ui.RunPage.Fact;
import dev.airlock.workflows.Evidence;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes what pages show of a version's evidence. */
final class EvidencePicture {

  private final Evidence evidence;
  private final int version;
  private final boolean isChampionLive;
  private final @Nullable Beside moved;
  private final Evidence.@Nullable Champion champion;

  /**
   * Takes the evidence.
   *
   * @param version of the model, whose evidence it is
   * @param isChampionLive whether the champion of then is live still
   */
  EvidencePicture(Evidence evidence, int version, boolean isChampionLive) {
    this(evidence, version, isChampionLive, null);
  }

  private EvidencePicture(
      Evidence evidence, int version, boolean isChampionLive, @Nullable Beside moved) {
    this.evidence = evidence;
    this.version = version;
    this.isChampionLive = isChampionLive;
    this.moved = moved;
    this.champion = evidence.champion();
  }

  /** Of a version that people are asked about now: they decide beside what is live now. */
  static EvidencePicture asked(Evidence evidence, int version, Beside beside) {
    return new EvidencePicture(
        evidence, version, beside.current(), beside.current() ? null : beside);
  }

  EvidenceView view() {
    List<Comparison> comparisons = comparisons();
    List<String> against = against(comparisons);
    EvidenceParts parts = new EvidenceParts(evidence, version);
    return new EvidenceView(
        verdict(comparisons, against),
        against,
        "v" + version,
        champion == null ? null : championHead(champion.version()),
        moved(),
        hasBaseline() ? "Baseline" : null,
        parts.sureness(),
        comparisons.stream().map(this::row).toList(),
        evidence.requirements().stream().map(EvidencePicture::check).toList(),
        candidates(),
        Words.metric(evidence.chosenBy()),
        new CurvesPicture(evidence, "v" + version).charts(),
        CutoffPicture.of(evidence, "v" + version),
        parts.worth(),
        parts.segments(),
        parts.drift(),
        parts.change(),
        data(),
        parts.origin(),
        evidence.features());
  }

  private String championHead(int known) {
    return "v%d%s".formatted(known, isChampionLive ? ", live" : moved == null ? "" : ", not live");
  }

  private EvidenceView.@Nullable Moved moved() {
    if (moved == null || moved.liveSince() == null) {
      return null;
    }
    return new EvidenceView.Moved(
        Timed.moment(moved.since(), moved.liveSince(), "."),
        "v" + moved.live(),
        moved.metrics() != null,
        "#anew");
  }

  /** The first thing to know, without the rest of the page. */
  Verdict verdict() {
    List<Comparison> comparisons = comparisons();
    return verdict(comparisons, against(comparisons));
  }

  /** What speaks against the version, the gravest first. */
  List<String> against() {
    return against(comparisons());
  }

  private List<String> against(List<Comparison> comparisons) {
    List<String> against = new ArrayList<>();
    if (champion != null) {
      comparisons.stream()
          .filter(comparison -> tone(comparison).equals("worse"))
          .map(
              comparison ->
                  "%s is worse than v%d's by %s%s."
                      .formatted(
                          Words.metric(comparison.name()),
                          champion.version(),
                          Words.difference(Math.abs(comparison.difference())).substring(1),
                          comparison.paired() == null
                              ? ""
                              : " (95 %%: %s)".formatted(interval(comparison.paired()))))
          .forEach(against::add);
    }
    against.addAll(new EvidenceParts(evidence, version).against());
    return against;
  }

  /** A metric with what it is held against. */
  private record Comparison(
      Metric metric,
      double candidate,
      @Nullable Double champion,
      @Nullable Double baseline,
      Evidence.@Nullable Difference paired) {
    String name() {
      return metric.name().toLowerCase(Locale.ROOT);
    }

    /** The candidate less the champion, on the same rows. */
    double difference() {
      return paired != null ? paired.difference() : champion == null ? 0 : candidate - champion;
    }

    /** Whether the interval leaves no doubt about the sign; false where there is none. */
    boolean isBeyondDoubt() {
      return paired != null && (paired.low() > 0 || paired.high() < 0);
    }

    /** By how much the candidate is better than the champion; negative where it is worse. */
    double gain() {
      if (champion == null) {
        return 0;
      }
      return metric.isHigherBetter() ? difference() : -difference();
    }
  }

  /** What is worse stands first. */
  private List<Comparison> comparisons() {
    List<Comparison> comparisons = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      String name = metric.name().toLowerCase(Locale.ROOT);
      Double figure = evidence.metrics().get(name);
      if (figure != null) {
        comparisons.add(
            new Comparison(
                metric,
                figure,
                champion == null ? null : champion.metrics().get(name),
                baseline(metric),
                paired(name)));
      }
    }
    comparisons.sort(
        Comparator.comparing((Comparison comparison) -> !tone(comparison).equals("worse"))
            .thenComparing(comparison -> comparison.gain() >= 0));
    return comparisons;
  }

  private Evidence.@Nullable Difference paired(String metric) {
    return champion == null || champion.differences() == null
        ? null
        : champion.differences().get(metric);
  }

  /** What needs no model: the best single feature for the order, the base rate for the rest. */
  private @Nullable Double baseline(Metric metric) {
    double rate = evidence.baseRate();
    Evidence.Baseline best = evidence.baseline();
    if (!evidence.algorithm().isClassifier() || rate <= 0 || rate >= 1) {
      return null;
    }
    return switch (metric) {
      case AUC -> best == null ? null : best.auc();
      case PR_AUC -> rate;
      case BRIER -> rate * (1 - rate);
      case LOG_LOSS -> -rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate);
      case BRIER_SKILL -> 0.0;
      case RMSE, MAE -> null;
    };
  }

  private boolean hasBaseline() {
    return evidence.algorithm().isClassifier();
  }

  private EvidenceView.Metric row(Comparison comparison) {
    Double old = comparison.champion();
    Double baseline = comparison.baseline();
    Double live =
        moved == null || moved.metrics() == null ? null : moved.metrics().get(comparison.name());
    String rule =
        evidence.requirements().stream()
            .filter(check -> check.requirement().metric() == comparison.metric())
            .map(check -> Settings.rule(check.requirement()))
            .collect(Collectors.joining(" · "));
    return new EvidenceView.Metric(
        Words.metric(comparison.name()),
        Words.figure(comparison.candidate()),
        sure(evidence.intervals(), comparison.name()),
        old == null ? "–" : Words.figure(old),
        champion == null ? "" : sure(champion.intervals(), comparison.name()),
        old == null ? "" : Words.difference(comparison.difference()),
        interval(comparison.paired()),
        tone(comparison),
        live == null ? "–" : Words.figure(live),
        live == null || moved == null ? "" : sure(moved.intervals(), comparison.name()),
        live == null ? "" : Words.difference(comparison.candidate() - live),
        baseline == null ? "–" : Words.figure(baseline),
        rule.isEmpty() ? "none" : rule);
  }

  /** "0.768 to 0.784". */
  private static String sure(
      @Nullable SortedMap<String, Evidence.Interval> intervals, String metric) {
    Evidence.Interval interval = intervals == null ? null : intervals.get(metric);
    return interval == null
        ? ""
        : "%s to %s".formatted(Words.figure(interval.low()), Words.figure(interval.high()));
  }

  /** "−0.002 to +0.013". */
  private static String interval(Evidence.@Nullable Difference paired) {
    return paired == null
        ? ""
        : "%s to %s".formatted(Words.difference(paired.low()), Words.difference(paired.high()));
  }

  /**
   * Differences that chance explains have no colour; without an interval, those that the page's
   * three digits don't show.
   */
  private static String tone(Comparison comparison) {
    if (comparison.paired() != null) {
      return !comparison.isBeyondDoubt() ? "" : comparison.gain() > 0 ? "better" : "worse";
    }
    if (Math.abs(comparison.gain()) < 0.0005) {
      return "";
    }
    return comparison.gain() > 0 ? "better" : "worse";
  }

  private Verdict verdict(List<Comparison> comparisons, List<String> against) {
    List<Evidence.RequirementCheck> broken =
        evidence.requirements().stream().filter(check -> !check.holds()).toList();
    if (!broken.isEmpty()) {
      return new Verdict(
          "bad",
          "It does not keep its bounds.",
          broken.stream()
              .map(check -> Settings.requirement(check.requirement()))
              .collect(Collectors.joining(", ", "", ".")));
    }
    Verdict verdict = champion == null ? firstVersion() : against(comparisons, champion.version());
    if (moved != null) {
      return new Verdict("wait", "Not judged beside what is live.", verdict.text());
    }
    return champion != null && verdict.tone().equals("good") && !against.isEmpty()
        ? new Verdict(
            "wait", "Better than %s, but not everywhere.".formatted(other()), verdict.text())
        : verdict;
  }

  /** What it is held against, as it stands now. */
  private String other() {
    return champion == null || isChampionLive ? "what is live" : "v" + champion.version();
  }

  private Verdict firstVersion() {
    Evidence.Baseline best = evidence.baseline();
    Double auc = evidence.metrics().get("auc");
    String kept =
        evidence.requirements().isEmpty()
            ? "The pipeline demands nothing of it."
            : "It keeps every bound that the pipeline sets.";
    if (best == null || auc == null) {
      return new Verdict(
          "wait", "Nothing was live to compare it with.", kept + " Judged on " + rows() + ".");
    }
    boolean isBetter = auc > best.auc();
    return new Verdict(
        isBetter ? "good" : "wait",
        isBetter ? "Better than the best single feature." : "No better than a single feature.",
        "On %s, AUC is %s against %s for %s alone; nothing was live to compare with. %s"
            .formatted(rows(), Words.figure(auc), Words.figure(best.auc()), best.feature(), kept));
  }

  private String rows() {
    return Words.counted(evidence.holdoutRows(), "row", "rows") + " of " + evidence.judgedOn();
  }

  private Verdict against(List<Comparison> comparisons, int live) {
    List<Comparison> known = comparisons.stream().filter(c -> c.champion() != null).toList();
    List<Comparison> worse = known.stream().filter(c -> tone(c).equals("worse")).toList();
    List<Comparison> better = known.stream().filter(c -> tone(c).equals("better")).toList();
    String names =
        worse.stream().map(c -> Words.metric(c.name())).collect(Collectors.joining(", "));
    String text =
        "On the same %s, v%d beats v%d on %d of %d metrics%s%s."
            .formatted(
                rows(),
                version,
                live,
                better.size(),
                known.size(),
                beyondChance(better),
                worse.isEmpty() ? "" : " and is worse on " + names);
    if (worse.isEmpty()) {
      return better.isEmpty()
          ? new Verdict("wait", "No different from %s.".formatted(other()), text)
          : new Verdict("good", "Better than %s.".formatted(other()), text);
    }
    return better.size() > worse.size()
        ? new Verdict("wait", "Better overall, worse on " + names + ".", text)
        : new Verdict("bad", "Worse than %s.".formatted(other()), text);
  }

  /** Not every metric has an interval, and only one that has can say so. */
  private static String beyondChance(List<Comparison> better) {
    long sure = better.stream().filter(Comparison::isBeyondDoubt).count();
    return sure == 0
        ? ""
        : " (on %d of them beyond chance, by 95 %% intervals of paired differences)"
            .formatted(sure);
  }

  private static EvidenceView.Check check(Evidence.RequirementCheck check) {
    Double bound = check.bound();
    return new EvidenceView.Check(
        Settings.requirement(check.requirement()),
        Words.figure(check.figure()),
        bound == null ? "no champion" : Words.figure(bound),
        check.holds());
  }

  private List<EvidenceView.Candidate> candidates() {
    return evidence.candidates().stream()
        .map(
            candidate ->
                new EvidenceView.Candidate(
                    candidate.stage(),
                    candidate.algorithm().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    candidate.metrics().entrySet().stream()
                        .filter(figure -> figure.getKey().equals(evidence.chosenBy()))
                        .map(figure -> Words.figure(figure.getValue()))
                        .toList(),
                    candidate.artifactDigest().equals(evidence.artifactDigest())))
        .toList();
  }

  private List<Fact> data() {
    List<Fact> facts = new ArrayList<>();
    String trained =
        evidence.trainedOn().stream().map(LocalDate::toString).collect(Collectors.joining(", "));
    facts.add(Fact.of("Trained on", trained + " · " + rowsOf(evidence.trainingRows())));
    facts.add(
        Fact.of("Chosen on", evidence.chosenOn() + " · by " + Words.metric(evidence.chosenBy())));
    facts.add(Fact.of("Judged on", evidence.judgedOn() + " · " + rowsOf(evidence.holdoutRows())));
    facts.add(Fact.of("Embargo", evidence.embargoDays() + " days between a label and its use"));
    if (evidence.algorithm().isClassifier()) {
      facts.add(
          Fact.of("Base rate", Words.percent(evidence.baseRate()) + " of " + evidence.label()));
    }
    facts.add(
        new Fact(
            "Data",
            "%s @ %s, %s"
                .formatted(
                    evidence.data().dataset(),
                    Words.tail(evidence.data().snapshotId()),
                    rowsOf(evidence.data().rows())),
            "/datasets/" + evidence.data().dataset()));
    facts.add(
        Fact.of("Model", evidence.algorithm().name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    return facts;
  }

  private static String rowsOf(long rows) {
    return Words.counted(rows, "row", "rows");
  }
}
