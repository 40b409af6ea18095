package dev.airlock.web.ui;

import dev.airlock.web.drawing.Curve;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What pages show of a version's evidence.
 *
 * @param candidate the version, as v3
 * @param champion the version that it was held against, or null
 * @param roc null for a model that predicts a number
 */
public record EvidenceView(
    Verdict verdict,
    String candidate,
    @Nullable String champion,
    @Nullable String baseline,
    List<Metric> metrics,
    List<Check> checks,
    List<Candidate> candidates,
    String chosenBy,
    @Nullable Curve roc,
    @Nullable Curve calibration,
    String rocSays,
    String calibrationSays,
    List<RunPage.Fact> data,
    List<String> features) {

  /**
   * A metric.
   *
   * @param interval of the difference, on the same rows; empty where it is not known
   * @param tone colours the difference: better, worse or empty
   * @param rule what the pipeline demands of it
   */
  public record Metric(
      String name,
      String candidate,
      String champion,
      String difference,
      String interval,
      String tone,
      String baseline,
      String rule) {}

  /** A bound, and the figure that was held against it. */
  public record Check(String text, String figure, String bound, boolean holds) {}

  /** A candidate on the snapshot that chose. */
  public record Candidate(String stage, String algorithm, List<String> figures, boolean chosen) {}
}
