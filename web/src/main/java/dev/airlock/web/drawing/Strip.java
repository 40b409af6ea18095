package dev.airlock.web.drawing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The last runs of a pipeline as a row of bars, oldest first, as high as they took long. */
public record Strip(int width, List<Bar> bars) {
  private static final int HEIGHT = 20;
  private static final int LOWEST = 6;
  private static final int BAR = 6;
  private static final int STEP = 8;

  public Strip {
    bars = List.copyOf(bars);
  }

  /** A run's bar; {@code says} stands behind it. */
  public record Bar(int x, int y, int height, String tone, String link, String says) {}

  /** A run. */
  public record Piece(Duration took, String tone, String link, String says) {}

  /** The bars of the runs, in their order. */
  public static Strip of(List<Piece> pieces) {
    long longest = pieces.stream().mapToLong(piece -> piece.took().toMillis()).max().orElse(1);
    List<Bar> bars = new ArrayList<>();
    for (Piece piece : pieces) {
      double share = (double) Math.max(0, piece.took().toMillis()) / Math.max(1, longest);
      int height = LOWEST + (int) Math.round((HEIGHT - LOWEST) * share);
      bars.add(
          new Bar(
              bars.size() * STEP,
              HEIGHT - height,
              height,
              piece.tone(),
              piece.link(),
              piece.says()));
    }
    return new Strip(Math.max(BAR, bars.size() * STEP - (STEP - BAR)), bars);
  }
}
