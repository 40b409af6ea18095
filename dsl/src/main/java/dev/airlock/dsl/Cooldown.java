package dev.airlock.dsl;

import java.time.Duration;

/** How long a model is left alone after a rule has started a retrain; logical time. */
public final class Cooldown {

  private final TimeSpan time;

  private Cooldown(TimeSpan time) {
    this.time = time;
  }

  /** A second to ten years; it is shared by all rules of the model that retrain. */
  public static Cooldown of(Duration time) {
    return new Cooldown(TimeSpan.of(time));
  }

  /** As {@link #of(Duration)}, from a param of the run. */
  public static Cooldown of(Param<Duration> time) {
    return new Cooldown(TimeSpan.of(time));
  }

  TimeSpan time() {
    return time;
  }
}
