package dev.airlock.web.drawing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Predictions of two versions over time: the candidate's as an area on top of the champion's, and
 * the moments at which the split changed.
 *
 * @param champion the lower area, as an SVG path
 * @param candidate the area on top of it
 */
public record TrafficChart(
    int width,
    int height,
    int axisY,
    int left,
    String champion,
    String candidate,
    List<Mark> shifts,
    List<Mark> ticks,
    String highest) {
  /** More slices of time than this are drawn in vain. */
  public static final int MOST_SLICES = 160;

  private static final int WIDTH = 860;
  private static final int LEFT = 46;
  private static final int RIGHT = 846;
  private static final int TOP = 30;
  private static final int AXIS = 190;
  private static final int TICKS = 6;

  public TrafficChart {
    shifts = List.copyOf(shifts);
    ticks = List.copyOf(ticks);
  }

  /** A word at a place of the time axis. */
  public record Mark(int x, String label) {}

  /** Predictions in a slice of time that begins then. */
  public record Point(Instant at, boolean isCandidate, long predictions) {}

  /** A moment at which the split changed. */
  public record Shift(Instant at, int weight) {}

  /** Whether there is anything to see. */
  public boolean isEmpty() {
    return champion.isEmpty();
  }

  private static long seconds(Instant from, Instant to) {
    return Math.max(1, Duration.between(from, to).toSeconds() + 1);
  }

  /**
   * Draws what lies between two moments, as predictions a second.
   *
   * @param from when the first slice begins
   * @param step how many seconds a slice is long
   */
  public static TrafficChart of(
      List<Point> points, List<Shift> shifts, Instant from, Instant to, int step) {
    long seconds = seconds(from, to);
    int buckets = (int) ((seconds + step - 1) / step);
    double[] lower = new double[buckets];
    double[] upper = new double[buckets];
    for (Point point : points) {
      long second = Duration.between(from, point.at()).toSeconds();
      if (second >= 0 && second < seconds) {
        double[] row = point.isCandidate() ? upper : lower;
        row[(int) (second / step)] += (double) point.predictions() / step;
      }
    }
    double most = 0;
    for (int i = 0; i < buckets; i++) {
      upper[i] += lower[i];
      most = Math.max(most, upper[i]);
    }
    List<Mark> marks = new ArrayList<>();
    for (Shift shift : shifts) {
      marks.add(new Mark(x(from, seconds, shift.at()), shift.weight() + " %"));
    }
    boolean isEmpty = most == 0;
    return new TrafficChart(
        WIDTH,
        AXIS + 24,
        AXIS,
        LEFT,
        isEmpty ? "" : area(lower, new double[buckets], most),
        isEmpty ? "" : area(upper, lower, most),
        spread(marks),
        ticks(seconds),
        String.format(Locale.ENGLISH, "%,.0f/s", most));
  }

  /** Words that would stand on one another give way to the last of them. */
  private static List<Mark> spread(List<Mark> marks) {
    List<Mark> spread = new ArrayList<>();
    for (int i = 0; i < marks.size(); i++) {
      Mark mark = marks.get(i);
      boolean isCovered = i + 1 < marks.size() && marks.get(i + 1).x() - mark.x() < 34;
      spread.add(isCovered ? new Mark(mark.x(), "") : mark);
    }
    return spread;
  }

  private static int x(Instant from, long seconds, Instant at) {
    double share = Duration.between(from, at).toMillis() / 1000.0 / seconds;
    return (int) Math.round(LEFT + Math.max(0, Math.min(1, share)) * (RIGHT - LEFT));
  }

  private static String area(double[] top, double[] bottom, double most) {
    StringBuilder path = new StringBuilder();
    double width = (double) (RIGHT - LEFT) / top.length;
    for (int i = 0; i < top.length; i++) {
      path.append(path.isEmpty() ? 'M' : 'L').append(point(LEFT + i * width, top[i] / most));
      path.append('L').append(point(LEFT + (i + 1) * width, top[i] / most));
    }
    for (int i = top.length - 1; i >= 0; i--) {
      path.append('L').append(point(LEFT + (i + 1) * width, bottom[i] / most));
      path.append('L').append(point(LEFT + i * width, bottom[i] / most));
    }
    return path.append('Z').toString();
  }

  private static String point(double x, double share) {
    return String.format(Locale.ROOT, "%.1f %.1f", x, AXIS - share * (AXIS - TOP));
  }

  private static List<Mark> ticks(long seconds) {
    List<Mark> ticks = new ArrayList<>();
    for (int i = 0; i <= TICKS; i++) {
      long at = seconds * i / TICKS;
      int x = LEFT + (RIGHT - LEFT) * i / TICKS;
      if (i == 0 || at != seconds * (i - 1) / TICKS) {
        ticks.add(new Mark(x, label(at, seconds)));
      }
    }
    return ticks;
  }

  private static String label(long at, long all) {
    if (all < 120) {
      return at + " s";
    }
    if (all < 7_200) {
      return at / 60 + " m " + at % 60 + " s";
    }
    return all < 172_800
        ? at / 3_600 + " h " + at % 3_600 / 60 + " m"
        : at / 86_400 + " d " + at % 86_400 / 3_600 + " h";
  }
}
