package dev.airlock.web.ui;

import dev.airlock.web.drawing.IntervalChart;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a model does since it is live.
 *
 * @param watch the monitor that is shown, or null where nobody watches the model
 * @param version whose windows are shown
 * @param problem why the last wish was refused, or null
 */
public record MonitoringPage(
    Chrome chrome,
    String model,
    Verdict verdict,
    String word,
    String tone,
    int version,
    boolean isLive,
    List<RunPages.RunsPage.Filter> monitors,
    List<RunPages.RunsPage.Filter> versions,
    @Nullable Watch watch,
    Drift drift,
    List<Outcome> outcomes,
    @Nullable IntervalChart auc,
    List<Answers> service,
    List<Rule> rules,
    List<AlertPages.Row> alerts,
    boolean mayOperate,
    @Nullable String problem) {

  /** The monitor. */
  public record Watch(
      long id, String name, boolean paused, List<RunPage.Fact> facts, List<Check> checks) {}

  /** A look of the monitor. */
  public record Check(Timed asOf, String by, String state, String tone, Timed asked) {}

  /** Features by windows, the one that has moved furthest first. */
  public record Drift(
      List<String> windows,
      List<String> predictions,
      List<Line> features,
      @Nullable Line score,
      String newest,
      List<Detail> details) {}

  /** A feature, window by window. */
  public record Line(String name, List<Cell> cells) {}

  /**
   * A PSI.
   *
   * @param reading stable, watch, large, noise, or none where the data is insufficient
   */
  public record Cell(String sign, String figure, String reading, String says) {}

  /** All figures of a feature in the newest window. */
  public record Detail(
      String feature,
      String psi,
      String noise,
      String ks,
      String jensenShannon,
      String bins,
      String epsilon,
      String rows) {}

  /**
   * What came true of a window.
   *
   * @param says why there are no figures, such as when the window is mature; empty where there are
   */
  public record Outcome(
      String window,
      String skill,
      String ratio,
      String auc,
      String interval,
      String brier,
      String labelled,
      String says,
      String tone,
      String word) {}

  /** How a window's requests were answered. */
  public record Answers(
      String window, String requests, String errors, String rate, String p99, boolean enough) {}

  /** A rule, and what it remembers. */
  public record Rule(
      String condition,
      String consequence,
      String recovery,
      String streak,
      String fired,
      String cooldown,
      @Nullable Long alert,
      String alertSays,
      @Nullable Long run) {}
}
