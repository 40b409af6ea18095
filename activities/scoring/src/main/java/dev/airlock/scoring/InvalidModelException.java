package dev.airlock.scoring;

import org.jspecify.annotations.Nullable;

/** Bytes that are no model this Airlock can score; the message names the place. */
public final class InvalidModelException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String place;

  InvalidModelException(String place, String problem) {
    this(place, problem, null);
  }

  InvalidModelException(String place, String problem, @Nullable Throwable cause) {
    super("The model file is not valid at %s: %s".formatted(place, problem), cause);
    this.place = place;
  }

  /** Where in the file, such as {@code predictor.trees[2].left[5]}, or line and column. */
  public String place() {
    return place;
  }
}
