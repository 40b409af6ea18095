package dev.airlock.web.ui;

import dev.airlock.web.drawing.Curve;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One question, with everything that helps to answer it.
 *
 * @param roc null for a model that predicts a number
 * @param hindrance why the viewer can't decide, or null where they can
 * @param revoking what follows where the viewer revokes it, or null where they can't
 * @param problem why the last try to decide failed, or null
 */
public record ApprovalPage(
    Chrome chrome,
    long id,
    String question,
    String state,
    String askedBy,
    long run,
    Instant askedAt,
    String askedAgo,
    String consequence,
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
    List<String> features,
    int votes,
    int quorum,
    int votesWidth,
    String until,
    List<Votes.Vote> decisions,
    String because,
    @Nullable String hindrance,
    String reason,
    @Nullable String problem,
    String digest,
    List<RunPage.Fact> digests,
    @Nullable String revoking) {

  /** The first thing to know. */
  public record Verdict(String tone, String head, String text) {}

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
