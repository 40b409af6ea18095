package dev.airlock.web.ui;

import dev.airlock.web.ui.RunPage.Fact;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Evidence.DataChange;
import dev.airlock.workflows.Evidence.Difference;
import dev.airlock.workflows.Evidence.FeatureShift;
import dev.airlock.workflows.Evidence.Importance;
import dev.airlock.workflows.Evidence.Interval;
import dev.airlock.workflows.Evidence.Segment;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says what evidence holds beside metrics and curves. */
final class EvidenceParts {

  private static final int MOST_SHIFTS_NAMED = 5;
  private static final int SHOWN_METRICS = 2;

  private final Evidence evidence;
  private final int version;

  EvidenceParts(Evidence evidence, int version) {
    this.evidence = evidence;
    this.version = version;
  }

  /** How intervals were made; empty where there are none. */
  String sureness() {
    Evidence.Resampling resampling = evidence.resampling();
    return resampling == null
        ? ""
        : "Small figures are 95 %% intervals: %s rows drawn %s times%s. Differences are paired, on the same rows."
            .formatted(
                Words.count(resampling.rows()),
                Words.count(resampling.resamples()),
                evidence.algorithm().isClassifier() ? ", as many of each class as there are" : "");
  }

  /** What speaks against the version beside its metrics: parts, costs, drift. */
  List<String> against() {
    List<String> against = new ArrayList<>();
    Evidence.CostLine cost = evidence.cost();
    if (cost != null && cost.difference() != null && cost.difference().low() > 0) {
      against.add(
          "Its errors cost %s%s a thousand rows more than those of v%d (95 %%: %s to %s)."
              .formatted(
                  CutoffPicture.money(cost.difference().difference() * 1_000),
                  cost.unit() == null ? "" : " " + cost.unit(),
                  Objects.requireNonNull(evidence.champion()).version(),
                  CutoffPicture.signed(cost.difference().low()),
                  CutoffPicture.signed(cost.difference().high())));
    }
    Evidence.Segments segments = evidence.segments();
    if (segments != null) {
      String metric = segments.metric();
      segments.rows().stream()
          .filter(Segment::worse)
          .map(
              segment ->
                  "Where %s is %s (%s), it is worse than v%d: %s %s."
                      .formatted(
                          segment.column(),
                          segment.value(),
                          Words.counted(segment.rows(), "row", "rows"),
                          Objects.requireNonNull(evidence.champion()).version(),
                          Words.metric(metric),
                          difference(segment.differences().get(metric))))
          .forEach(against::add);
      segments.rows().stream()
          .filter(Segment::weak)
          .map(
              segment ->
                  "Where %s is %s (%s), it does worse than elsewhere: %s %s."
                      .formatted(
                          segment.column(),
                          segment.value(),
                          Words.counted(segment.rows(), "row", "rows"),
                          Words.metric(metric),
                          figure(segment, metric)))
          .forEach(against::add);
    }
    List<String> moved =
        shifts(evidence.drift()).stream()
            .filter(shift -> reading(shift).equals("large"))
            .map(shift -> "%s (PSI %s)".formatted(name(shift), Words.figure(shift.psi())))
            .toList();
    if (!moved.isEmpty()) {
      against.add(
          "Since training, %s moved far: %s%s."
              .formatted(
                  moved.size() == 1 ? "one number has" : moved.size() + " numbers have",
                  moved.stream().limit(MOST_SHIFTS_NAMED).collect(Collectors.joining(", ")),
                  moved.size() > MOST_SHIFTS_NAMED ? " …" : ""));
    }
    return against;
  }

  /** Null where it was not measured. */
  EvidenceView.@Nullable Worth worth() {
    Evidence.FeatureImportance importance = evidence.importance();
    if (importance == null || importance.features().isEmpty()) {
      return null;
    }
    double most =
        importance.features().stream()
            .mapToDouble(feature -> Math.max(feature.worsening(), feature.interval().high()))
            .max()
            .orElse(0);
    return new EvidenceView.Worth(
        "By how much %s gets worse where a feature's values are shuffled, the mean of %d shuffles of %s. Features that tell the same share their worth."
            .formatted(
                Words.metric(importance.metric()),
                importance.shuffles(),
                Words.counted(importance.rows(), "row", "rows")),
        importance.features().stream().map(feature -> feature(feature, most)).toList());
  }

  private static EvidenceView.Feature feature(Importance feature, double most) {
    return new EvidenceView.Feature(
        feature.feature(),
        part(feature.worsening(), most),
        part(feature.interval().low(), most),
        part(feature.interval().high(), most),
        Words.difference(feature.worsening()),
        "%s to %s"
            .formatted(
                Words.difference(feature.interval().low()),
                Words.difference(feature.interval().high())));
  }

  private static int part(double figure, double most) {
    return most <= 0 ? 0 : (int) Math.round(100 * Math.max(0, figure) / most);
  }

  /** Null where they were not measured. */
  EvidenceView.@Nullable SegmentsView segments() {
    Evidence.Segments segments = evidence.segments();
    if (segments == null || segments.rows().isEmpty()) {
      return null;
    }
    List<String> metrics =
        Stream.of(segments.metric(), "auc", evidence.chosenBy(), "mae", "rmse")
            .distinct()
            .filter(metric -> evidence.metrics().get(metric) != null)
            .limit(SHOWN_METRICS)
            .toList();
    Map<String, List<EvidenceView.Part>> columns = new LinkedHashMap<>();
    for (Segment segment : segments.rows()) {
      columns
          .computeIfAbsent(segment.column(), column -> new ArrayList<>())
          .add(part(segment, segments.metric(), metrics));
    }
    return new EvidenceView.SegmentsView(
        "%s Weak: %s is worse than in the other parts of its column; worse: worse than the champion; both more than chance shows in any of so many parts. Parts of fewer than %d rows%s have no figures."
            .formatted(
                segments.named()
                    ? "By the columns that the pipeline names."
                    : "By the most important features, since the pipeline names no columns.",
                Words.metric(segments.metric()),
                segments.fewestRows(),
                segments.fewestOfClass() > 0
                    ? ", or %d of a class,".formatted(segments.fewestOfClass())
                    : ""),
        metrics.stream().map(Words::metric).toList(),
        championName(),
        columns.entrySet().stream()
            .map(column -> new EvidenceView.Column(column.getKey(), column.getValue()))
            .toList());
  }

  private EvidenceView.Part part(Segment segment, String marked, List<String> metrics) {
    List<String> marks = new ArrayList<>();
    if (segment.weak()) {
      marks.add("weak");
    }
    if (segment.worse()) {
      marks.add("worse than " + championName());
    }
    boolean classes = evidence.algorithm().isClassifier();
    Difference difference = segment.differences().get(marked);
    return new EvidenceView.Part(
        segment.value(),
        Words.count(segment.rows()),
        classes ? Words.percent(segment.observed()) : Words.figure(segment.observed()),
        classes ? Words.percent(segment.meanScore()) : Words.figure(segment.meanScore()),
        segment.metrics().isEmpty()
            ? List.of()
            : metrics.stream().map(metric -> shown(segment, metric)).toList(),
        difference == null
            ? new EvidenceView.Figure("", "")
            : new EvidenceView.Figure(
                Words.difference(difference.difference()),
                "%s to %s"
                    .formatted(
                        Words.difference(difference.low()), Words.difference(difference.high()))),
        segment.worse() ? "worse" : "",
        marks);
  }

  private String championName() {
    return evidence.champion() == null ? "" : "v" + evidence.champion().version();
  }

  private static EvidenceView.Figure shown(Segment segment, String metric) {
    Double figure = segment.metrics().get(metric);
    Interval interval = segment.intervals().get(metric);
    return new EvidenceView.Figure(
        figure == null ? "–" : Words.figure(figure),
        interval == null
            ? ""
            : "%s to %s".formatted(Words.figure(interval.low()), Words.figure(interval.high())));
  }

  /** "0.152 (0.121 to 0.180)". */
  private static String figure(Segment segment, String metric) {
    EvidenceView.Figure shown = shown(segment, metric);
    return shown.sure().isEmpty()
        ? shown.figure()
        : "%s (%s)".formatted(shown.figure(), shown.sure());
  }

  /** "−0.0123 (−0.0210 to −0.0034)". */
  private static String difference(@Nullable Difference difference) {
    return difference == null
        ? "–"
        : "%s (%s to %s)"
            .formatted(
                Words.difference(difference.difference()),
                Words.difference(difference.low()),
                Words.difference(difference.high()));
  }

  /** Null where it was not measured. */
  EvidenceView.@Nullable Shifts drift() {
    return evidence.drift() == null || evidence.drift().isEmpty()
        ? null
        : new EvidenceView.Shifts(
            "How far the rows that judged, of %s, have moved from those that trained."
                .formatted(evidence.judgedOn()),
            moved(evidence.drift()));
  }

  private static List<EvidenceView.Drifted> moved(List<FeatureShift> shifts) {
    return shifts.stream()
        .map(
            shift ->
                new EvidenceView.Drifted(
                    name(shift),
                    Words.figure(shift.psi()),
                    Words.figure(shift.noise()),
                    Words.figure(shift.ks()),
                    reading(shift),
                    shift(shift).sign()))
        .toList();
  }

  private static Shift shift(FeatureShift shift) {
    return new Shift(shift.psi(), 0, 0, shift.ks(), 0, 0, shift.noise());
  }

  private static String reading(FeatureShift shift) {
    return shift(shift).reading();
  }

  private static String name(FeatureShift shift) {
    return shift.feature().equals(FeatureShift.SCORE) ? "the score" : shift.feature();
  }

  private static List<FeatureShift> shifts(@Nullable List<FeatureShift> shifts) {
    return shifts == null ? List.of() : shifts;
  }

  /** Null where there is nothing to compare with. */
  EvidenceView.@Nullable Change change() {
    DataChange change = evidence.dataChange();
    if (change == null) {
      return null;
    }
    List<Fact> facts = new ArrayList<>();
    boolean same =
        change.before().dataset().equals(evidence.data().dataset())
            && change.before().snapshotId() == evidence.data().snapshotId();
    facts.add(
        new Fact(
            championName() + " learnt from",
            "%s @ %s, %s"
                .formatted(
                    change.before().dataset(),
                    Words.tail(change.before().snapshotId()),
                    rows(change.before().rows())),
            "/datasets/" + change.before().dataset()));
    facts.add(
        new Fact(
            "v%d learns from".formatted(version),
            same
                ? "the same version"
                : "%s @ %s, %s (%s)"
                    .formatted(
                        evidence.data().dataset(),
                        Words.tail(evidence.data().snapshotId()),
                        rows(evidence.data().rows()),
                        more(evidence.data().rows() - change.before().rows())),
            "/datasets/" + evidence.data().dataset()));
    facts.add(
        Fact.of(
            "Trained on",
            "%s, before %s · %s, before %s"
                .formatted(
                    span(evidence.trainedOn()),
                    span(change.trainedOn()),
                    rows(evidence.trainingRows()),
                    Words.count(change.trainingRows()))));
    names(facts, "New columns", change.addedColumns());
    names(facts, "Columns gone", change.removedColumns());
    names(facts, "Other type", change.retypedColumns());
    names(facts, "New features", change.addedFeatures());
    names(facts, "Features gone", change.removedFeatures());
    if (facts.size() == 3) {
      facts.add(Fact.of("Columns", "the same"));
    }
    facts.add(
        new Fact("Run", Long.toString(change.championRun()), "/runs/" + change.championRun()));
    return new EvidenceView.Change(
        championName(),
        facts,
        change.shifts().isEmpty()
            ? null
            : new EvidenceView.Shifts(
                "How far the rows that train have moved from those that trained %s."
                    .formatted(championName()),
                moved(change.shifts())));
  }

  private static void names(List<Fact> facts, String what, List<String> names) {
    if (!names.isEmpty()) {
      facts.add(Fact.of(what, String.join(", ", names)));
    }
  }

  private static String rows(long rows) {
    return Words.counted(rows, "row", "rows");
  }

  private static String more(long rows) {
    return rows < 0 ? "−" + Words.count(-rows) : "+" + Words.count(rows);
  }

  private static String span(List<LocalDate> dates) {
    if (dates.isEmpty()) {
      return "nothing";
    }
    LocalDate first = dates.get(0);
    LocalDate last = dates.get(dates.size() - 1);
    return first.equals(last) ? first.toString() : "%s to %s".formatted(first, last);
  }

  /** The run, its code and its params. */
  List<Fact> origin() {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Run", Long.toString(evidence.runId()), "/runs/" + evidence.runId()));
    Evidence.Origin origin = evidence.origin();
    if (origin == null) {
      facts.add(new Fact("Pipeline", evidence.pipeline(), "/pipelines/" + evidence.pipeline()));
      return facts;
    }
    facts.add(
        new Fact(
            "Pipeline",
            "%s v%d".formatted(evidence.pipeline(), origin.pipelineVersion()),
            "/pipelines/" + evidence.pipeline()));
    facts.add(Fact.of("Code", Words.digest(origin.codeDigest())));
    facts.add(Fact.of("Logical date", Words.logicalDate(origin.logicalDate())));
    origin.params().forEach((name, value) -> facts.add(Fact.of(name, value)));
    return facts;
  }
}
