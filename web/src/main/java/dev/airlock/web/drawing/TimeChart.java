package dev.airlock.web.drawing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When each stage of a run was at work, as bars under one another. */
public record TimeChart(int width, int height, int axisY, List<Bar> bars, List<Tick> ticks) {
  private static final int WIDTH = 860;
  private static final int LABELS = 150;
  private static final int ROW = 24;
  private static final int BAR = 14;
  private static final long[] STEPS = {
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 172_800
  };

  public TimeChart {
    bars = List.copyOf(bars);
    ticks = List.copyOf(ticks);
  }

  /** A stage's time, from its first to its last moment. */
  public record Span(
      String label, String tone, @Nullable Instant from, @Nullable Instant to, String says) {}

  /** A bar; {@code says} stands behind it. */
  public record Bar(
      String label, String tone, int textY, int x, int y, int width, int height, String says) {}

  /** A mark on the time axis. */
  public record Tick(int x, String label) {}

  /** The bars of the spans that have begun; a span without an end reaches to {@code now}. */
  public static TimeChart of(List<Span> spans, Instant now) {
    List<Span> begun = spans.stream().filter(span -> span.from() != null).toList();
    Instant first =
        begun.stream().map(span -> start(span, now)).min(Instant::compareTo).orElse(now);
    Instant last = begun.stream().map(span -> end(span, now)).max(Instant::compareTo).orElse(now);
    double millis = Math.max(1, Duration.between(first, last).toMillis());
    double scale = (WIDTH - LABELS - 90) / millis;
    List<Bar> bars = new ArrayList<>();
    for (Span span : begun) {
      int y = 6 + bars.size() * ROW;
      int x = LABELS + (int) (Duration.between(first, start(span, now)).toMillis() * scale);
      int width = (int) (Duration.between(start(span, now), end(span, now)).toMillis() * scale);
      bars.add(
          new Bar(span.label(), span.tone(), y + 11, x, y, Math.max(3, width), BAR, span.says()));
    }
    int axis = 10 + bars.size() * ROW;
    return new TimeChart(WIDTH, axis + 22, axis, bars, ticks(millis / 1000, scale * 1000));
  }

  private static List<Tick> ticks(double seconds, double perSecond) {
    long step = STEPS[STEPS.length - 1];
    for (long candidate : STEPS) {
      if (seconds / candidate <= 8) {
        step = candidate;
        break;
      }
    }
    List<Tick> ticks = new ArrayList<>();
    for (long at = 0; at <= seconds && ticks.size() < 60; at += step) {
      ticks.add(new Tick(LABELS + (int) (at * perSecond), label(at)));
    }
    return ticks;
  }

  private static String label(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 7200) {
      return seconds / 60 + " m" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
    }
    return seconds / 3600 + " h" + (seconds % 3600 == 0 ? "" : " " + seconds % 3600 / 60 + " m");
  }

  private static Instant start(Span span, Instant now) {
    return span.from() == null ? now : span.from();
  }

  private static Instant end(Span span, Instant now) {
    return span.to() == null ? now : span.to();
  }
}
