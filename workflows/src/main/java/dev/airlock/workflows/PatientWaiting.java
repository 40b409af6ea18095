package dev.airlock.workflows;

import dev.airlock.dsl.graph.Work;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.Objects;

/**
 * The rows of waiting stages as workflows see them, as {@link PatientLedger} does: a local activity
 * first, and one that outlasts an outage where PostgreSQL is away.
 */
final class PatientWaiting implements WaitingActivities {

  private final WaitingActivities brief =
      Workflow.newLocalActivityStub(WaitingActivities.class, Outage.BRIEF);
  private final WaitingActivities patient =
      Workflow.newActivityStub(WaitingActivities.class, Outage.PATIENT);

  @Override
  public SlotRequest requestSlots(long runId, String stage, String pool, int slots) {
    return ask(rows -> rows.requestSlots(runId, stage, pool, slots));
  }

  @Override
  public EventStanding awaitEvent(
      long runId,
      String stage,
      Work.EventSource source,
      String name,
      Instant since,
      Instant until) {
    return ask(rows -> rows.awaitEvent(runId, stage, source, name, since, until));
  }

  @Override
  public EventStanding eventOf(long waitId) {
    return ask(rows -> rows.eventOf(waitId));
  }

  @Override
  public EventStanding giveUp(long waitId) {
    return ask(rows -> rows.giveUp(waitId));
  }

  private <T> T ask(Question<T> question) {
    return Objects.requireNonNull(
        Detached.call(
            () -> {
              try {
                return question.put(brief);
              } catch (ActivityFailure outage) {
                return question.put(patient);
              }
            }));
  }

  private interface Question<T> {
    T put(WaitingActivities rows);
  }
}
