package dev.airlock.web.ui;

import dev.airlock.web.drawing.TrafficChart;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rollout, as it stands.
 *
 * @param says where it stands, in words: "paused"
 * @param weight the candidate's share of customers now, in percent
 * @param wishes what the viewer may ask for; empty where it is over or they may not
 * @param hindrance why the viewer may ask for nothing, or null where they may
 * @param onlyLess why the viewer may take traffic back only, or null where they may do all
 * @param reason what was typed, kept where it was refused
 * @param problem why the last wish was refused, or null
 */
public record RolloutPage(
    Chrome chrome,
    long id,
    String model,
    String title,
    String tone,
    String says,
    String requestedBy,
    String startedAgo,
    Instant startedAt,
    @Nullable Long run,
    @Nullable Long approval,
    Verdict verdict,
    @Nullable Timed held,
    String champion,
    String candidate,
    int weight,
    List<StepRow> steps,
    TrafficChart traffic,
    List<TrafficRow> versions,
    List<LookBox> looks,
    List<LookRow> others,
    int moreLooks,
    List<ControlRow> controls,
    List<ShiftRow> shifts,
    List<Wish> wishes,
    @Nullable String hindrance,
    @Nullable String onlyLess,
    List<String> conditions,
    String reason,
    @Nullable String problem) {

  /**
   * A step.
   *
   * @param state done, now, ended here or to come
   */
  public record StepRow(
      int number, String weight, String hold, String state, String tone, @Nullable Instant when) {}

  /** What a version has answered while the rollout was under way. */
  public record TrafficRow(
      String version, String requests, String predictions, String share, String errors) {}

  /** An analysis, with all that it has found. */
  public record LookBox(
      int number, int step, String verdict, String tone, Instant at, List<FindingRow> findings) {}

  /** One condition. */
  public record FindingRow(
      String condition, String figure, String rows, String verdict, String tone, String detail) {}

  /** An analysis in one line. */
  public record LookRow(
      int number, int step, String verdict, String tone, Instant at, String figures) {}

  /** What a person asked for, and what became of it. */
  public record ControlRow(
      String by, String wish, Instant at, String ago, String reason, String fate, String tone) {}

  /** A change of the split. */
  public record ShiftRow(Instant at, String weight, long epoch, String reason) {}

  /** A button, with what follows from it. */
  public record Wish(String kind, String text, String look, String consequence) {}
}
