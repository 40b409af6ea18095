package dev.airlock.web.drawing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A figure with its interval, window by window. */
public record IntervalChart(
    int width, int height, int axisY, int left, List<Bar> bars, String path, List<Line> lines) {
  private static final int WIDTH = 860;
  private static final int LEFT = 46;
  private static final int RIGHT = 846;
  private static final int TOP = 14;
  private static final int AXIS = 170;

  public IntervalChart {
    bars = List.copyOf(bars);
    lines = List.copyOf(lines);
  }

  /** A figure of one window, with its interval where there is one. */
  public record Point(
      String label, double figure, @Nullable Double low, @Nullable Double high, String says) {}

  /** A point as it is drawn, with its interval from {@code high} to {@code low}. */
  public record Bar(int x, double y, double low, double high, String label, String says) {}

  /** A height with its figure. */
  public record Line(double y, String label) {}

  /** Draws the points in their order, over a range that holds every interval. */
  public static IntervalChart of(List<Point> points) {
    double least = 1;
    double most = 0;
    for (Point point : points) {
      least = Math.min(least, low(point));
      most = Math.max(most, high(point));
    }
    double floor = Math.floor(least * 20 - 0.2) / 20;
    double ceiling = Math.max(floor + 0.05, Math.ceil(most * 20 + 0.2) / 20);
    List<Bar> bars = new ArrayList<>();
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      int x = LEFT + (RIGHT - LEFT) * (2 * i + 1) / (2 * points.size());
      double y = y(point.figure(), floor, ceiling);
      bars.add(
          new Bar(
              x,
              y,
              y(low(point), floor, ceiling),
              y(high(point), floor, ceiling),
              point.label(),
              point.says()));
      path.append(path.isEmpty() ? 'M' : 'L').append(x).append(' ').append(y);
    }
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i <= 2; i++) {
      double height = floor + (ceiling - floor) * i / 2;
      lines.add(new Line(y(height, floor, ceiling), String.format(Locale.ENGLISH, "%.3f", height)));
    }
    return new IntervalChart(WIDTH, AXIS + 26, AXIS, LEFT, bars, path.toString(), lines);
  }

  private static double low(Point point) {
    return point.low() == null ? point.figure() : point.low();
  }

  private static double high(Point point) {
    return point.high() == null ? point.figure() : point.high();
  }

  private static double y(double figure, double floor, double ceiling) {
    double y = AXIS - (figure - floor) / (ceiling - floor) * (AXIS - TOP);
    return Math.round(y * 10) / 10.0;
  }
}
