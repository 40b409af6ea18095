package dev.airlock.web.drawing;

import java.util.List;
import java.util.Locale;

/**
 * A curve within the unit square, such as ROC or calibration, as an SVG path in a frame of 300 by
 * 230 whose axes meet at (36, 200).
 *
 * @param dots where the points themselves are worth showing; may be empty
 */
public record Curve(String path, List<Dot> dots) {
  private static final double LEFT = 36;
  private static final double RIGHT = 290;
  private static final double BOTTOM = 200;
  private static final double TOP = 10;

  public Curve {
    dots = List.copyOf(dots);
  }

  /** A point of the curve, and what it says. */
  public record Dot(double x, double y, double radius, String says) {}

  /** A point within the unit square; {@code weight} is its share of the whole, from 0 to 1. */
  public record Point(double x, double y, double weight, String says) {}

  /** A line through the points, without dots. */
  public static Curve line(List<Point> points) {
    return new Curve(path(points), List.of());
  }

  /** A line through the points, each with a dot whose area is its weight. */
  public static Curve dotted(List<Point> points) {
    return new Curve(
        path(points),
        points.stream()
            .map(
                point ->
                    new Dot(
                        tenth(x(point)),
                        tenth(y(point)),
                        tenth(2 + 8 * Math.sqrt(point.weight())),
                        point.says()))
            .toList());
  }

  /** Where a point of the unit square lies in the frame. */
  public static CurveChart.Mark mark(double x, double y) {
    Point point = new Point(x, y, 0, "");
    return new CurveChart.Mark(tenth(x(point)), tenth(y(point)));
  }

  private static String path(List<Point> points) {
    StringBuilder path = new StringBuilder();
    for (Point point : points) {
      path.append(path.isEmpty() ? 'M' : 'L')
          .append(String.format(Locale.ROOT, "%.1f %.1f", x(point), y(point)));
    }
    return path.toString();
  }

  private static double x(Point point) {
    return LEFT + point.x() * (RIGHT - LEFT);
  }

  private static double y(Point point) {
    return BOTTOM - point.y() * (BOTTOM - TOP);
  }

  private static double tenth(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
