package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the interpreter writes down. Run as local activities; each is idempotent. */
@ActivityInterface
public interface RunLedger {

  /**
   * Appends changes of stages and folds them into the stages' rows and the run's own state. Unique
   * under (run, sequence): a change that was recorded before is passed over.
   */
  void record(long runId, List<StageChange> changes, RunState state);

  /** Closes the run. Idempotent under the run's id: the first outcome stays. */
  void close(long runId, RunState state, @Nullable StageError error, Instant at);

  /**
   * The run that a schedule asks for: inserts it and has it carried to Temporal. Idempotent under
   * (pipeline, logical date).
   *
   * @return the run's id, or null where the pipeline is paused
   */
  @Nullable Long requestScheduled(String pipeline, Instant logicalDate);
}
