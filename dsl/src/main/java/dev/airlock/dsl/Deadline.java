package dev.airlock.dsl;

import dev.airlock.dsl.graph.DeadlineSpec;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** When something is late. It goes on all the same; an alert says that it is late. */
public final class Deadline {

  private final DeadlineSpec spec;

  private Deadline(DeadlineSpec spec) {
    this.spec = spec;
  }

  /** So long after the run was asked for. */
  public static Deadline after(Duration time) {
    return new Deadline(new DeadlineSpec(time, null, null));
  }

  /**
   * At a time of day, the first one after the run was asked for.
   *
   * @param time such as {@code 07:00}
   * @param zone such as {@code Europe/Berlin}
   */
  public static Deadline at(String time, String zone) {
    return new Deadline(new DeadlineSpec(null, time, zone));
  }

  /** Reports everything that is wrong with it; null where something is. */
  @Nullable DeadlineSpec spec(Findings findings) {
    Duration after = spec.after();
    if (after != null) {
      if (after.compareTo(StageDraft.SHORTEST) < 0) {
        findings.add(
            "Its deadline is %s after the run was asked for.".formatted(after),
            "Give it time: .deadline(ofHours(2)).");
        return null;
      }
      return spec;
    }
    try {
      LocalTime.parse(String.valueOf(spec.at()));
      ZoneId.of(String.valueOf(spec.zone()));
      return spec;
    } catch (DateTimeException e) {
      findings.add(
          "Its deadline is at '%s' in '%s', which is no time of day in a zone."
              .formatted(spec.at(), spec.zone()),
          "Write it as in Deadline.at(\"07:00\", \"Europe/Berlin\").");
      return null;
    }
  }
}
