package dev.airlock.dsl;

import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stage that waits for an event, and does not say yet what happens when none comes.
 *
 * @param <T> what the event brings
 */
public final class PendingEvent<T> {

  private final StageDraft draft;
  private final Event<T> event;
  private @Nullable Duration lookBack;
  private @Nullable Duration within;

  PendingEvent(StageDraft draft, Event<T> event) {
    this.draft = draft;
    this.event = event;
  }

  /**
   * An event that came before the stage waits counts as well, if it is not older than this before
   * the run's logical date. Without it, no older than the logical date itself.
   */
  public PendingEvent<T> lookBack(Duration time) {
    this.lookBack = time;
    return this;
  }

  /** How long it waits. */
  public PendingEvent<T> within(Duration time) {
    this.within = time;
    return this;
  }

  /** If none comes in time, the stage fails. */
  public Stage<T> orFail() {
    draft.finishBy(findings -> finish(findings, false));
    return new Stage<>(draft);
  }

  /** If none comes in time, the stage is skipped, and with it what needs its result. */
  public Stage<T> orSkip() {
    draft.finishBy(findings -> finish(findings, true));
    return new Stage<>(draft);
  }

  private @Nullable Work finish(Findings findings, boolean orSkip) {
    if (event.source() == Work.EventSource.EVENT) {
      Names.check(event.name(), "event", findings);
    } else if (event.name().indexOf('.') < 1) {
      findings.add(
          "'%s' is no name of a dataset.".formatted(event.name()),
          "Name the pipeline and the stage that makes it: Event.dataset(\"shop.orders\").");
    }
    if (lookBack != null && lookBack.isNegative()) {
      findings.add(
          "It looks back by %s.".formatted(lookBack),
          "Look back by a positive time, or not at all.");
    }
    WaitChecks.check(within, "wait for the event", findings);
    return within == null
        ? null
        : new Work.AwaitEvent(event.source(), event.name(), lookBack, within, orSkip);
  }
}
