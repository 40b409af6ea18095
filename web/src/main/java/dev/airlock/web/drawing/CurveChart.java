package dev.airlock.web.drawing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Curves of a candidate and of its champion in one frame, as {@link Curve} has it, with the same
 * figures as a table.
 *
 * @param name short, for what belongs to it: roc, precision-recall, gain or calibration
 * @param says the figures that sum it up
 * @param guide the path of what a model without skill, or a perfectly calibrated one, would draw
 * @param mark where the chosen threshold lies on the candidate's curve, or null
 * @param columns the table's heads
 */
public record CurveChart(
    String name,
    String title,
    String says,
    String acrossName,
    String upName,
    String guide,
    Curve candidate,
    @Nullable Curve champion,
    @Nullable Mark mark,
    List<String> columns,
    List<List<String>> rows) {

  public CurveChart {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /** A place in the frame. */
  public record Mark(double x, double y) {}
}
