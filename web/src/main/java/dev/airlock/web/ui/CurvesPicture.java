package dev.airlock.web.ui;

import dev.airlock.web.drawing.Curve;
import dev.airlock.web.drawing.Curve.Point;
import dev.airlock.web.drawing.CurveChart;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Evidence.CalibrationBin;
import dev.airlock.workflows.Evidence.ThresholdRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Draws ROC, precision-recall, gain and calibration of a candidate and its champion. */
final class CurvesPicture {

  private static final String DIAGONAL = "M36 200L290 10";
  private static final int TABLE_ROWS = 11;

  private final Evidence evidence;
  private final String candidateName;
  private final Evidence.@Nullable Champion champion;
  private final @Nullable List<ThresholdRow> own;
  private final @Nullable List<ThresholdRow> others;

  CurvesPicture(Evidence evidence, String candidateName) {
    this.evidence = evidence;
    this.candidateName = candidateName;
    this.champion = evidence.champion();
    this.own = known(evidence.thresholds());
    this.others = champion == null ? null : known(champion.thresholds());
  }

  private static @Nullable List<ThresholdRow> known(@Nullable List<ThresholdRow> rows) {
    return rows == null || rows.isEmpty() ? null : rows;
  }

  /** Empty for a number. */
  List<CurveChart> charts() {
    List<CurveChart> charts = new ArrayList<>();
    if (!evidence.roc().isEmpty()) {
      charts.add(roc());
    }
    if (own != null) {
      double rate = evidence.baseRate();
      charts.add(
          swept(
              "precision-recall",
              "Precision and recall",
              says("pr_auc"),
              "recall",
              "precision",
              String.format(Locale.ROOT, "M36 %1$.1fL290 %1$.1f", Curve.mark(0, rate).y()),
              CurvesPicture::recall,
              CurvesPicture::precision));
      charts.add(
          swept(
              "gain",
              "Gain",
              gainSays(own),
              "share of rows taken, the surest first",
              "share of yes found",
              DIAGONAL,
              CurvesPicture::taken,
              CurvesPicture::recall));
    }
    if (!evidence.calibration().isEmpty()) {
      charts.add(calibration());
    }
    return charts;
  }

  private static double recall(ThresholdRow row) {
    return share(row.truePositives(), row.truePositives() + row.falseNegatives());
  }

  /** Where nothing is taken for a yes, nothing is wrong. */
  private static double precision(ThresholdRow row) {
    long yes = row.truePositives() + row.falsePositives();
    return yes == 0 ? 1 : share(row.truePositives(), yes);
  }

  private static double falseRate(ThresholdRow row) {
    return share(row.falsePositives(), row.falsePositives() + row.trueNegatives());
  }

  private static double taken(ThresholdRow row) {
    long yes = row.truePositives() + row.falsePositives();
    return share(yes, yes + row.trueNegatives() + row.falseNegatives());
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** The candidate's curve has its own, finer points. */
  private CurveChart roc() {
    List<Point> points =
        evidence.roc().stream()
            .map(p -> new Point(p.falsePositiveRate(), p.truePositiveRate(), 0, ""))
            .toList();
    return new CurveChart(
        "roc",
        "ROC",
        says("auc"),
        "false positive rate",
        "true positive rate",
        DIAGONAL,
        Curve.line(points),
        line(others, CurvesPicture::falseRate, CurvesPicture::recall),
        mark(CurvesPicture::falseRate, CurvesPicture::recall),
        heads("False positive rate", "true positive rate"),
        own == null ? sampled(points) : table(CurvesPicture::falseRate, CurvesPicture::recall));
  }

  private CurveChart swept(
      String name,
      String title,
      String says,
      String across,
      String up,
      String guide,
      ToDoubleFunction<ThresholdRow> x,
      ToDoubleFunction<ThresholdRow> y) {
    Curve curve = line(own, x, y);
    return new CurveChart(
        name,
        title,
        says,
        across,
        up,
        guide,
        curve == null ? Curve.line(List.of()) : curve,
        line(others, x, y),
        mark(x, y),
        heads(across, up),
        table(x, y));
  }

  private static @Nullable Curve line(
      @Nullable List<ThresholdRow> rows,
      ToDoubleFunction<ThresholdRow> x,
      ToDoubleFunction<ThresholdRow> y) {
    return rows == null
        ? null
        : Curve.line(
            rows.stream()
                .map(row -> new Point(x.applyAsDouble(row), y.applyAsDouble(row), 0, ""))
                .toList());
  }

  private CurveChart.@Nullable Mark mark(
      ToDoubleFunction<ThresholdRow> x, ToDoubleFunction<ThresholdRow> y) {
    if (own == null || evidence.cutoff() == null) {
      return null;
    }
    ThresholdRow at = own.get(CutoffPicture.chosen(own, evidence.cutoff().threshold()));
    return Curve.mark(x.applyAsDouble(at), y.applyAsDouble(at));
  }

  private List<String> heads(String across, String up) {
    List<String> heads = new ArrayList<>();
    if (own != null) {
      heads.add("Threshold");
    }
    heads.add("%s, %s".formatted(candidateName, across));
    heads.add("%s, %s".formatted(candidateName, up));
    if (own != null && others != null && champion != null) {
      heads.add("v%d, %s".formatted(champion.version(), across));
      heads.add("v%d, %s".formatted(champion.version(), up));
    }
    return heads;
  }

  private List<List<String>> table(
      ToDoubleFunction<ThresholdRow> x, ToDoubleFunction<ThresholdRow> y) {
    List<List<String>> table = new ArrayList<>();
    List<ThresholdRow> rows = own == null ? List.of() : own;
    for (int i = 0; i < TABLE_ROWS && !rows.isEmpty(); i++) {
      int place = i * (rows.size() - 1) / (TABLE_ROWS - 1);
      ThresholdRow row = rows.get(place);
      List<String> cells = new ArrayList<>();
      cells.add(CutoffPicture.threshold(row.threshold()));
      cells.add(Words.percent(x.applyAsDouble(row)));
      cells.add(Words.percent(y.applyAsDouble(row)));
      if (others != null && others.size() == rows.size()) {
        cells.add(Words.percent(x.applyAsDouble(others.get(place))));
        cells.add(Words.percent(y.applyAsDouble(others.get(place))));
      }
      table.add(cells);
    }
    return table;
  }

  private static List<List<String>> sampled(List<Point> points) {
    List<List<String>> table = new ArrayList<>();
    for (int i = 0; i < TABLE_ROWS; i++) {
      Point point = points.get(i * (points.size() - 1) / (TABLE_ROWS - 1));
      table.add(List.of(Words.percent(point.x()), Words.percent(point.y())));
    }
    return table;
  }

  private CurveChart calibration() {
    List<CalibrationBin> before =
        champion == null || champion.calibration() == null || champion.calibration().isEmpty()
            ? null
            : champion.calibration();
    List<List<String>> table = new ArrayList<>();
    List<List<CalibrationBin>> models =
        before == null ? List.of(evidence.calibration()) : List.of(evidence.calibration(), before);
    for (int model = 0; model < models.size(); model++) {
      String name = model == 0 || champion == null ? candidateName : "v" + champion.version();
      for (CalibrationBin bin : models.get(model)) {
        table.add(
            List.of(
                name,
                Words.count(bin.rows()),
                Words.percent(bin.meanPredicted()),
                Words.percent(bin.observed())));
      }
    }
    return new CurveChart(
        "calibration",
        "Calibration",
        says("brier"),
        "predicted probability",
        "share that came true",
        DIAGONAL,
        Curve.dotted(points(evidence.calibration())),
        before == null ? null : Curve.line(points(before)),
        null,
        List.of("Version", "Rows", "Predicted", "Came true"),
        table);
  }

  private static List<Point> points(List<CalibrationBin> bins) {
    double all = bins.stream().mapToLong(CalibrationBin::rows).sum();
    return bins.stream()
        .map(
            bin ->
                new Point(
                    bin.meanPredicted(),
                    bin.observed(),
                    bin.rows() / all,
                    "%s: predicted %s, came true %s"
                        .formatted(
                            Words.counted(bin.rows(), "row", "rows"),
                            Words.percent(bin.meanPredicted()),
                            Words.percent(bin.observed()))))
        .toList();
  }

  /** "The surest 10 % hold 38.2 % of yes". */
  private static String gainSays(List<ThresholdRow> rows) {
    ThresholdRow best = rows.get(0);
    for (ThresholdRow row : rows) {
      if (Math.abs(taken(row) - 0.1) < Math.abs(taken(best) - 0.1)) {
        best = row;
      }
    }
    return "top %s: %s of yes".formatted(Words.percent(taken(best)), Words.percent(recall(best)));
  }

  private String says(String metric) {
    Double figure = evidence.metrics().get(metric);
    return figure == null ? "" : Words.metric(metric) + " " + Words.figure(figure);
  }
}
