package dev.airlock.web.ui;

import dev.airlock.store.ExperimentOrder;
import dev.airlock.web.api.TriedRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs held side by side: what each was given, and how its model did. */
final class ExperimentTable {
  private static final Set<String> SMALLER_IS_BETTER =
      Set.of("log_loss", "brier", "rmse", "mae", "cost");

  private static final String JUDGED_ON = "judged on";

  private final List<TriedRun> runs;
  private final List<Series> series = new ArrayList<>();

  /**
   * What each of the runs has of one thing.
   *
   * @param kind metric, param, setting, model or data
   * @param order that sorts by it; null where it can't be sorted by
   * @param texts a text each run; empty where it has none
   * @param best which runs have the best figure; empty where none is better
   */
  record Series(
      String name,
      String title,
      String kind,
      @Nullable ExperimentOrder order,
      List<String> texts,
      Set<Integer> best) {
    boolean isMetric() {
      return kind.equals("metric");
    }

    boolean differs() {
      return new LinkedHashSet<>(texts).size() > 1;
    }

    /** Whether the list of runs has a column of it unasked. */
    boolean isShown() {
      return isMetric()
          || (differs()
              && (kind.equals("param") || kind.equals("setting") || name.equals(JUDGED_ON)));
    }

    ExperimentPages.Value value(int run) {
      return new ExperimentPages.Value(texts.get(run), best.contains(run));
    }
  }

  ExperimentTable(List<TriedRun> runs) {
    this.runs = List.copyOf(runs);
    names(TriedRun::metrics).forEach(this::metric);
    boolean isOneDataset =
        runs.stream()
                .flatMap(run -> judgedOn(run).stream())
                .map(TriedRun.Candidate::dataset)
                .distinct()
                .count()
            < 2;
    add(JUDGED_ON, "data", null, run -> isJudged(run) ? judgedOn(run, isOneDataset) : null);
    names(TriedRun::params)
        .forEach(
            name ->
                add(
                    name,
                    "param",
                    isNumber(name)
                        ? new ExperimentOrder(ExperimentOrder.By.PARAM, name, true)
                        : null,
                    run -> run.params().get(name)));
    names(TriedRun::settings)
        .forEach(name -> add(name, "setting", null, run -> run.settings().get(name)));
    add("chosen", "model", null, TriedRun::chosen);
    candidates("model", "model", c -> Words.digest(c.artifactDigest()));
    candidates("training rows", "data", c -> Words.count(c.trainingRows()));
    candidates("trained on", "data", c -> c.dataset() + " @ " + c.snapshotId());
    add("version", "code", null, run -> run.pipeline() + " v" + run.version());
    add("logical date", "data", null, run -> Words.logicalDate(run.logicalDate()));
  }

  List<Series> series() {
    return List.copyOf(series);
  }

  /** The rows of the runs side by side, those first that say most. */
  List<ExperimentPages.Group> groups(boolean differencesOnly) {
    List<ExperimentPages.Group> groups = new ArrayList<>();
    for (String[] kind :
        new String[][] {
          {"metric", "Metrics on the holdout"},
          {"param", "Params"},
          {"setting", "Trainers"},
          {"model", "Models"},
          {"data", "Data"},
          {"code", "Code"}
        }) {
      List<ExperimentPages.Line> lines =
          series.stream()
              .filter(one -> one.kind().equals(kind[0]))
              .filter(one -> !differencesOnly || one.differs())
              .map(this::line)
              .toList();
      if (!lines.isEmpty()) {
        groups.add(new ExperimentPages.Group(kind[1], lines));
      }
    }
    return groups;
  }

  private ExperimentPages.Line line(Series one) {
    List<ExperimentPages.Value> values = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      values.add(one.value(i));
    }
    return new ExperimentPages.Line(one.title(), one.differs(), values);
  }

  private <T> Set<String> names(Function<TriedRun, SortedMap<String, T>> of) {
    Set<String> names = new TreeSet<>();
    runs.forEach(run -> names.addAll(of.apply(run).keySet()));
    return names;
  }

  private boolean isNumber(String param) {
    return runs.stream()
        .map(run -> run.params().get(param))
        .filter(Objects::nonNull)
        .allMatch(text -> text.matches("-?\\d{1,15}(\\.\\d{1,15})?"));
  }

  private void metric(String name) {
    boolean isSmallBetter = SMALLER_IS_BETTER.contains(name);
    Map<String, List<Integer>> comparable = new LinkedHashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      if (isJudged(runs.get(i))) {
        comparable.computeIfAbsent(rows(runs.get(i)), key -> new ArrayList<>()).add(i);
      }
    }
    Set<Integer> winners = new TreeSet<>();
    comparable.values().forEach(alike -> winners.addAll(best(name, isSmallBetter, alike)));
    series.add(
        new Series(
            name,
            Words.metric(name),
            "metric",
            new ExperimentOrder(ExperimentOrder.By.METRIC, name, !isSmallBetter),
            runs.stream().map(run -> figure(run.metrics().get(name))).toList(),
            winners));
  }

  private static boolean isJudged(TriedRun run) {
    return run.judgedOn() != null && !run.metrics().isEmpty();
  }

  /**
   * Figures can be compared where the same label of the same rows was foretold. The holdout is a
   * date of one version of a dataset: another version may hold other rows.
   */
  private static String rows(TriedRun run) {
    return String.join(
        "\n",
        String.valueOf(run.judgedOn()),
        judgedOn(run)
            .map(chosen -> chosen.dataset() + "\n" + chosen.snapshotId())
            .orElseGet(() -> Long.toString(run.run())),
        run.settings().getOrDefault(run.chosen() + ".label", ""));
  }

  private static String judgedOn(TriedRun run, boolean isOneDataset) {
    return judgedOn(run)
        .map(
            chosen ->
                "%s %s@ %s"
                    .formatted(
                        run.judgedOn(),
                        isOneDataset ? "" : "of " + chosen.dataset() + " ",
                        Words.tail(chosen.snapshotId())))
        .orElseGet(() -> String.valueOf(run.judgedOn()));
  }

  /** What the chosen candidate learnt from, which holds the holdout as well. */
  private static Optional<TriedRun.Candidate> judgedOn(TriedRun run) {
    return run.candidates().stream()
        .filter(candidate -> candidate.stage().equals(run.chosen()))
        .findFirst();
  }

  /** Those with the best figure; none where there is but one figure. */
  private List<Integer> best(String name, boolean isSmallBetter, List<Integer> alike) {
    Double best = null;
    Set<Double> seen = new LinkedHashSet<>();
    for (int i : alike) {
      Double figure = runs.get(i).metrics().get(name);
      if (figure != null && Double.isFinite(figure)) {
        seen.add(figure);
        boolean isBetter = best == null || (isSmallBetter ? figure < best : figure > best);
        best = isBetter ? figure : best;
      }
    }
    Double first = best;
    return seen.size() < 2
        ? List.of()
        : alike.stream()
            .filter(i -> Objects.equals(runs.get(i).metrics().get(name), first))
            .toList();
  }

  /** What to know before figures are compared; empty where nothing stands in the way. */
  String caution() {
    List<TriedRun> judged = runs.stream().filter(ExperimentTable::isJudged).toList();
    long different = judged.stream().map(ExperimentTable::rows).distinct().count();
    if (different < 2) {
      return "";
    }
    return different == judged.size()
        ? "Each run was judged on other rows, so none is called the best. Runs that share a version of the data, by stages that are cached or resumed, can be compared."
        : "Best is marked among runs that were judged on the same rows, as “judged on” says: figures on other rows can't be compared.";
  }

  /** A digit more than elsewhere, since runs of the same pipeline are close to each other. */
  private static String figure(@Nullable Double figure) {
    if (figure == null) {
      return "";
    }
    return Math.abs(figure) < 1 && Double.isFinite(figure)
        ? String.format(java.util.Locale.ENGLISH, "%.4f", figure).replace('-', '−')
        : Words.figure(figure);
  }

  private void candidates(String what, String kind, Function<TriedRun.Candidate, String> of) {
    SortedMap<String, Boolean> stages = new TreeMap<>();
    runs.forEach(run -> run.candidates().forEach(c -> stages.put(c.stage(), true)));
    stages
        .keySet()
        .forEach(
            stage ->
                add(
                    stage + " " + what,
                    kind,
                    null,
                    run ->
                        run.candidates().stream()
                            .filter(c -> c.stage().equals(stage))
                            .map(of)
                            .findFirst()
                            .orElse(null)));
  }

  private void add(
      String name,
      String kind,
      @Nullable ExperimentOrder order,
      Function<TriedRun, @Nullable String> of) {
    List<String> texts = new ArrayList<>();
    for (TriedRun run : runs) {
      String text = of.apply(run);
      texts.add(text == null ? "" : text);
    }
    series.add(new Series(name, name, kind, order, texts, Set.of()));
  }
}
