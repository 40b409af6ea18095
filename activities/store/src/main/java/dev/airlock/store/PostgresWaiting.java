package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.EventStanding;
import dev.airlock.workflows.SlotRequest;
import dev.airlock.workflows.WaitingActivities;
import java.time.Instant;

/** Pools and events as activities. */
final class PostgresWaiting implements WaitingActivities {

  private final Pools pools;
  private final Events events;

  PostgresWaiting(Pools pools, Events events) {
    this.pools = pools;
    this.events = events;
  }

  @Override
  public SlotRequest requestSlots(long runId, String stage, String pool, int slots) {
    return pools.request(runId, stage, pool, slots);
  }

  @Override
  public EventStanding awaitEvent(
      long runId,
      String stage,
      Work.EventSource source,
      String name,
      Instant since,
      Instant until) {
    return events.await(runId, stage, source, name, since, until);
  }

  @Override
  public EventStanding eventOf(long waitId) {
    return events.standing(waitId);
  }

  @Override
  public EventStanding giveUp(long waitId) {
    return events.giveUp(waitId);
  }
}
