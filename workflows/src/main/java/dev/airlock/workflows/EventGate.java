package dev.airlock.workflows;

import dev.airlock.dsl.graph.Work;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Where a stage waits for an event. A race between the event and the end of the time is decided in
 * PostgreSQL; a signal only says that it is worth looking.
 */
final class EventGate {

  private final WaitingActivities rows;
  private final Set<Long> arrived = new LinkedHashSet<>();

  EventGate(WaitingActivities rows) {
    this.rows = rows;
  }

  /**
   * Returns what the event has brought.
   *
   * @param asked called as soon as the event can reach the stage
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#TIMED_OUT} or {@link
   *     StageFailure#SKIPPED} where nothing comes in time
   */
  StageOutput await(StageTask task, Work.AwaitEvent event, Runnable asked) {
    Instant until = now().plus(event.within());
    EventStanding standing =
        rows.awaitEvent(
            task.runId(),
            task.stage().name(),
            event.source(),
            event.name(),
            since(task, event),
            until);
    CancellationScope.throwCanceled();
    if (!standing.ended()) {
      asked.run();
    }
    long id = standing.waitId();
    while (!standing.ended()) {
      boolean told = Workflow.await(left(until), () -> arrived.contains(id));
      arrived.remove(id);
      standing = told ? rows.eventOf(id) : rows.giveUp(id);
    }
    StageOutput output = standing.output();
    if (output == null) {
      throw Waiting.inVain(words(event), event.within(), event.orSkip());
    }
    return output;
  }

  /** PostgreSQL is said to know what this wait has been for. */
  void arrived(long waitId) {
    arrived.add(waitId);
  }

  private static Instant since(StageTask task, Work.AwaitEvent event) {
    Duration back = event.lookBack();
    return back == null ? task.logicalDate() : task.logicalDate().minus(back);
  }

  private static String words(Work.AwaitEvent event) {
    return switch (event.source()) {
      case EVENT -> "Nobody told of the event '%s'".formatted(event.name());
      case DATASET -> "The dataset %s got no new version".formatted(event.name());
    };
  }

  private static Duration left(Instant until) {
    Duration left = Duration.between(now(), until);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
