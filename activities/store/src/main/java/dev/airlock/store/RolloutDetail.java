package dev.airlock.store;

import dev.airlock.workflows.RolloutAnalysis;
import dev.airlock.workflows.RolloutControl;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/** A rollout with all that has happened in it, each list in the order of time. */
public record RolloutDetail(
    Rollout rollout, List<Shift> shifts, List<Look> looks, List<Control> controls) {

  /** A change of the split. */
  public record Shift(int sequence, int step, int weight, long epoch, String reason, Instant at) {}

  /** An analysis. */
  public record Look(
      int number,
      int step,
      Instant since,
      RolloutAnalysis.Verdict verdict,
      @Json List<RolloutAnalysis.Finding> findings,
      Instant at) {}

  /**
   * What a person asked for.
   *
   * @param taken null as long as it is under way
   */
  public record Control(
      long id,
      RolloutControl.Kind kind,
      String requestedBy,
      String reason,
      Instant requestedAt,
      @Nullable Boolean taken,
      String answer,
      @Nullable Instant settledAt) {}
}
