package dev.airlock.dsl;

import dev.airlock.dsl.graph.CanarySpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The steps of a canary, to be imported statically: {@code weight(5).hold(ofMinutes(30))}. */
public final class Canary {

  private Canary() {}

  /**
   * A step at which a share of the customers meets the new version. Who does at one weight still
   * does at a higher one.
   *
   * @param percent 1 to 100
   */
  public static Step weight(int percent) {
    return new Step(percent, null);
  }

  /** One step; immutable. */
  public static final class Step {

    private final int weight;
    private final @Nullable TimeSpan hold;

    private Step(int weight, @Nullable TimeSpan hold) {
      this.weight = weight;
      this.hold = hold;
    }

    /** How long traffic stays so before the step is judged for the last time: 1 s to 90 days. */
    public Step hold(Duration time) {
      return new Step(weight, TimeSpan.of(time));
    }

    /** As {@link #hold(Duration)}, from a param of the run. */
    public Step hold(Param<Duration> time) {
      return new Step(weight, TimeSpan.of(time));
    }

    int weight() {
      return weight;
    }

    Optional<TimeSpan> hold() {
      return Optional.ofNullable(hold);
    }

    List<Param<?>> params() {
      return hold == null ? List.of() : hold.params();
    }

    CanarySpec.Step spec() {
      return new CanarySpec.Step(weight, hold == null ? null : hold.setting());
    }
  }
}
