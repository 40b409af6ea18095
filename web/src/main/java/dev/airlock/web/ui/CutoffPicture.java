package dev.airlock.web.ui;

import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Evidence.CostLine;
import dev.airlock.workflows.Evidence.ThresholdRow;
import dev.airlock.workflows.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes what pages show of thresholds. */
final class CutoffPicture {

  private static final int SHOWN = 12;
  private static final double MANY = 1_000;

  private final Evidence.Cutoff cutoff;
  private final List<String> names;

  /** The candidate's, then the champion's. */
  private final List<List<ThresholdRow>> models;

  private final @Nullable CostLine cost;

  private CutoffPicture(
      Evidence.Cutoff cutoff,
      List<String> names,
      List<List<ThresholdRow>> models,
      @Nullable CostLine cost) {
    this.cutoff = cutoff;
    this.names = names;
    this.models = models;
    this.cost = cost;
  }

  /** Null where the evidence knows no thresholds. */
  static @Nullable CutoffView of(Evidence evidence, String candidate) {
    List<ThresholdRow> own = evidence.thresholds();
    if (evidence.cutoff() == null || own == null || own.isEmpty()) {
      return null;
    }
    List<String> names = new ArrayList<>(List.of(candidate));
    List<List<ThresholdRow>> models = new ArrayList<>(List.of(own));
    Evidence.Champion champion = evidence.champion();
    if (champion != null
        && champion.thresholds() != null
        && champion.thresholds().size() == own.size()) {
      names.add("v" + champion.version());
      models.add(champion.thresholds());
    }
    return new CutoffPicture(evidence.cutoff(), names, models, evidence.cost()).view();
  }

  /** The place of the chosen threshold, or of the first above it. */
  static int chosen(List<ThresholdRow> rows, double threshold) {
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).threshold() >= threshold) {
        return i;
      }
    }
    return rows.size() - 1;
  }

  private CutoffView view() {
    List<ThresholdRow> own = models.get(0);
    int chosen = chosen(own, cutoff.threshold());
    List<CutoffView.Matrix> matrices = new ArrayList<>();
    for (int model = 0; model < models.size(); model++) {
      matrices.add(
          new CutoffView.Matrix(model, names.get(model), figures(models.get(model).get(chosen))));
    }
    TreeSet<Integer> shown = new TreeSet<>(List.of(chosen));
    for (int i = 0; i < SHOWN; i++) {
      shown.add(i * (own.size() - 1) / (SHOWN - 1));
    }
    return new CutoffView(
        threshold(cutoff.threshold()),
        why(),
        chosen,
        own.size() - 1,
        rows(),
        cost == null ? null : Json.write(List.of(cost.falsePositive(), cost.falseNegative())),
        unit(),
        costSays(),
        matrices,
        shown.stream().map(i -> row(i, i == chosen)).toList());
  }

  private CutoffView.Row row(int place, boolean chosen) {
    return new CutoffView.Row(
        threshold(models.get(0).get(place).threshold()),
        chosen,
        models.stream().map(rows -> figures(rows.get(place))).toList());
  }

  private String rows() {
    List<List<Number>> rows = new ArrayList<>();
    for (int i = 0; i < models.get(0).size(); i++) {
      List<Number> numbers = new ArrayList<>(List.of(models.get(0).get(i).threshold()));
      for (List<ThresholdRow> model : models) {
        ThresholdRow row = model.get(i);
        numbers.addAll(
            List.of(
                row.truePositives(),
                row.falsePositives(),
                row.trueNegatives(),
                row.falseNegatives()));
      }
      rows.add(numbers);
    }
    return Json.write(rows);
  }

  private CutoffView.Figures figures(ThresholdRow row) {
    double yes = (double) row.truePositives() + row.falsePositives();
    double positives = (double) row.truePositives() + row.falseNegatives();
    double all = yes + row.trueNegatives() + row.falseNegatives();
    return new CutoffView.Figures(
        Words.count(row.truePositives()),
        Words.count(row.falsePositives()),
        Words.count(row.trueNegatives()),
        Words.count(row.falseNegatives()),
        yes == 0 ? "–" : Words.percent(row.truePositives() / yes),
        positives == 0 ? "–" : Words.percent(row.truePositives() / positives),
        Words.percent(yes / all),
        cost == null
            ? ""
            : money(
                (row.falsePositives() * cost.falsePositive()
                        + row.falseNegatives() * cost.falseNegative())
                    / all
                    * MANY));
  }

  private String why() {
    return switch (cutoff.basis()) {
      case PIPELINE -> "The pipeline names it.";
      case COST ->
          cost == null
              ? "There a yes begins to cost less than a no."
              : "There a yes begins to cost less than a no: %s / (%s + %s)."
                  .formatted(
                      Words.bound(cost.falsePositive()),
                      Words.bound(cost.falsePositive()),
                      Words.bound(cost.falseNegative()));
      case F1 -> "The pipeline names none; it has the largest F1 on the snapshot that chose.";
    };
  }

  private String unit() {
    return cost == null || cost.unit() == null ? "" : cost.unit();
  }

  private String costSays() {
    if (cost == null) {
      return "";
    }
    String own =
        "A false yes costs %s%s, a missed one %s%s: at the chosen threshold %s%s a thousand rows (%s to %s)"
            .formatted(
                Words.bound(cost.falsePositive()),
                suffix(),
                Words.bound(cost.falseNegative()),
                suffix(),
                money(cost.perRow() * MANY),
                suffix(),
                money(cost.interval().low() * MANY),
                money(cost.interval().high() * MANY));
    Evidence.Difference saved = cost.difference();
    return saved == null
        ? own + "."
        : "%s, %s against %s (%s to %s)."
            .formatted(
                own,
                signed(saved.difference()),
                names.get(names.size() - 1),
                signed(saved.low()),
                signed(saved.high()));
  }

  private String suffix() {
    return unit().isEmpty() ? "" : " " + unit();
  }

  static String signed(double perRow) {
    String amount = money(perRow * MANY);
    return perRow > 0 ? "+" + amount : amount;
  }

  /** "1,204.5", "−3.2". */
  static String money(double amount) {
    return String.format(Locale.ENGLISH, "%,.1f", amount).replace('-', '−');
  }

  static String threshold(double threshold) {
    return Words.bound(threshold);
  }
}
