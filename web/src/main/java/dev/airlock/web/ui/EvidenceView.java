package dev.airlock.web.ui;

import dev.airlock.web.drawing.CurveChart;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What pages show of a version's evidence. What older releases did not measure is null or empty.
 *
 * @param against what speaks against the version, the gravest first
 * @param candidate the version, as v3
 * @param champion the version that it was held against, or null
 * @param moved where something else is live than what it was judged beside; null elsewhere
 * @param sureness how intervals were made, or empty
 * @param charts empty for a model that predicts a number
 */
public record EvidenceView(
    Verdict verdict,
    List<String> against,
    String candidate,
    @Nullable String champion,
    @Nullable Moved moved,
    @Nullable String baseline,
    String sureness,
    List<Metric> metrics,
    List<Check> checks,
    List<Candidate> candidates,
    String chosenBy,
    List<CurveChart> charts,
    @Nullable CutoffView cutoff,
    @Nullable Worth worth,
    @Nullable SegmentsView segments,
    @Nullable Shifts drift,
    @Nullable Change change,
    List<RunPage.Fact> data,
    List<RunPage.Fact> origin,
    List<String> features) {

  /**
   * A metric.
   *
   * @param sure the candidate's interval; empty where it is not known
   * @param championSure the champion's
   * @param interval of the difference, on the same rows; empty where it is not known
   * @param tone colours the difference: better, worse or empty
   * @param live the figure of what is live now, where that is another version; as the next two
   * @param liveDifference between the two figures, without an interval
   * @param rule what the pipeline demands of it
   */
  public record Metric(
      String name,
      String candidate,
      String sure,
      String champion,
      String championSure,
      String difference,
      String interval,
      String tone,
      String live,
      String liveSure,
      String liveDifference,
      String baseline,
      String rule) {}

  /**
   * Something else is live than what the version was judged beside.
   *
   * @param says what was live then and what is since when
   * @param live the version that is live, as v4
   * @param hasFigures whether it was judged on the same rows, and so stands beside
   * @param link to the form that starts a run which judges beside it
   */
  public record Moved(Timed says, String live, boolean hasFigures, String link) {}

  /** A bound, and the figure that was held against it. */
  public record Check(String text, String figure, String bound, boolean holds) {}

  /** A candidate on the snapshot that chose. */
  public record Candidate(String stage, String algorithm, List<String> figures, boolean chosen) {}

  /**
   * What the features are worth.
   *
   * @param says what is measured
   */
  public record Worth(String says, List<Feature> features) {}

  /**
   * A feature.
   *
   * @param width of its bar, 0 to 100
   * @param low where its interval begins on the bar, 0 to 100
   * @param high where it ends
   */
  public record Feature(
      String name, int width, int low, int high, String worsening, String interval) {}

  /**
   * How parts of the holdout fare.
   *
   * @param says by what the weak are marked
   * @param heads the names of the figures
   * @param against the champion, or empty
   */
  public record SegmentsView(
      String says, List<String> heads, String against, List<Column> columns) {}

  /** The parts by one column. */
  public record Column(String name, List<Part> parts) {}

  /**
   * A part.
   *
   * @param figures as many as heads; empty where there are too few rows
   * @param difference to the champion in the figure that marks
   * @param tone of the difference
   * @param marks weak, worse, both or none
   */
  public record Part(
      String value,
      String rows,
      String observed,
      String said,
      List<Figure> figures,
      Figure difference,
      String tone,
      List<String> marks) {}

  /** A figure, and its interval or nothing. */
  public record Figure(String figure, String sure) {}

  /** How far features have moved, and from what. */
  public record Shifts(String says, List<Drifted> rows) {}

  /** A feature; {@code reading} is noise, stable, watch or large. */
  public record Drifted(
      String name, String psi, String noise, String ks, String reading, String sign) {}

  /** What the candidate learnt from, beside what the champion, as v1, learnt from. */
  public record Change(String since, List<RunPage.Fact> facts, @Nullable Shifts shifts) {}
}
