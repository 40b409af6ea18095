package dev.airlock.workflows;

import dev.airlock.dsl.graph.Work;
import io.temporal.activity.ActivityInterface;
import java.time.Instant;

/**
 * The rows of whatever a stage waits for: slots of a pool, events. Idempotent under (run, stage);
 * PostgreSQL decides, the workflow learns. On {@link TaskQueues#CONTROL}, or local.
 */
@ActivityInterface
public interface WaitingActivities {

  /**
   * Asks for slots of a pool, and grants them where there is room and nobody came before. They are
   * given back by the end of the stage, in the statement that writes it.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#BAD_PIPELINE} where there is
   *     no such pool
   */
  SlotRequest requestSlots(long runId, String stage, String pool, int slots);

  /**
   * Waits for an event from now on; one that has come already counts, unless it is older than
   * {@code since}.
   *
   * @param until when it gives up
   */
  EventStanding awaitEvent(
      long runId, String stage, Work.EventSource source, String name, Instant since, Instant until);

  /** How a wait stands. */
  EventStanding eventOf(long waitId);

  /** Gives a wait up unless its event has come. Answers how it stands after that. */
  EventStanding giveUp(long waitId);
}
