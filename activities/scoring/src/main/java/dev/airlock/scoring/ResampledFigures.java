package dev.airlock.scoring;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** A model's figures, each with what it would have been on rows drawn again. */
public final class ResampledFigures {

  private final Map<Measure, Resampled> figures;

  ResampledFigures(Map<Measure, Resampled> figures) {
    this.figures = new EnumMap<>(figures);
  }

  /** Every {@link Measure} of the task. */
  public Set<Measure> measures() {
    return figures.keySet();
  }

  /**
   * A figure.
   *
   * @throws IllegalArgumentException where the measure is another task's
   */
  public Resampled of(Measure measure) {
    Resampled figure = figures.get(measure);
    if (figure == null) {
      throw new IllegalArgumentException(
          "%s was not measured, expected one of %s".formatted(measure, figures.keySet()));
    }
    return figure;
  }
}
