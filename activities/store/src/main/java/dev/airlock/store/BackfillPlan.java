package dev.airlock.store;

import dev.airlock.dsl.NextTimes;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.workflows.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Which times a backfill has, and what becomes of each and why. */
final class BackfillPlan {

  static final int MOST_DATES = 10_000;

  private final NewBackfill wish;
  private final Map<Instant, Known> runs;
  private final Map<Instant, Long> pending;
  private final Instant now;

  private BackfillPlan(Handle handle, NewBackfill wish, Instant now) {
    this.wish = wish;
    this.runs = newestRuns(handle, wish);
    this.pending = pending(handle, wish);
    this.now = now;
  }

  private record Known(long id, RunState state) {}

  /** In the order in which they are to start. */
  static List<BackfillDate> of(Handle handle, NewBackfill wish, Instant now) {
    PipelineVersion version = handle.attach(Pipelines.class).runnable(wish.pipeline());
    var params = ParamCheck.complete(version.graph().params(), wish.params());
    CanaryPlan.check(version.graph(), params);
    List<String> queues = handle.attach(Queues.class).faults(version.graph().stages());
    if (!queues.isEmpty()) {
      throw new InvalidBackfillException(String.join(" ", queues));
    }
    ScheduleSpec schedule = version.graph().schedule();
    if (schedule == null) {
      throw new InvalidBackfillException(
          "Pipeline %s has no schedule, so no dates to fill in. Start single runs with a logical date, or give it a schedule."
              .formatted(wish.pipeline()));
    }
    if (wish.from().isAfter(wish.to())) {
      throw new InvalidBackfillException(
          "The backfill starts at %s, after its end at %s. Let it start before it ends."
              .formatted(wish.from(), wish.to()));
    }
    if (wish.maxActive() < 1) {
      throw new InvalidBackfillException(
          "At most %d of its runs may go at once. Allow at least one.".formatted(wish.maxActive()));
    }
    List<Instant> times =
        new ArrayList<>(
            NextTimes.of(schedule).between(wish.from().minusNanos(1), wish.to(), MOST_DATES + 1));
    if (times.size() > MOST_DATES) {
      throw new InvalidBackfillException(
          "The schedule has more than %d times from %s to %s. Fill them in piece by piece."
              .formatted(MOST_DATES, wish.from(), wish.to()));
    }
    if (times.isEmpty()) {
      throw new InvalidBackfillException(
          "The schedule of %s has no time from %s to %s. Widen the range."
              .formatted(wish.pipeline(), wish.from(), wish.to()));
    }
    if (wish.sequence() == Backfill.Sequence.NEWEST) {
      Collections.reverse(times);
    }
    BackfillPlan plan = new BackfillPlan(handle, wish, now);
    return times.stream().map(plan::decide).toList();
  }

  private static Map<Instant, Known> newestRuns(Handle handle, NewBackfill wish) {
    Map<Instant, Known> runs = new HashMap<>();
    handle
        .createQuery(
            """
            select distinct on (logical_date) logical_date, id, state from run
            where pipeline = :pipeline and logical_date between :from and :to
            order by logical_date, id desc
            """)
        .bind("pipeline", wish.pipeline())
        .bind("from", wish.from())
        .bind("to", wish.to())
        .map(
            (row, context) ->
                Map.entry(
                    row.getTimestamp("logical_date").toInstant(),
                    new Known(
                        row.getLong("id"), Words.read(RunState.class, row.getString("state")))))
        .forEach(run -> runs.put(run.getKey(), run.getValue()));
    return runs;
  }

  private static Map<Instant, Long> pending(Handle handle, NewBackfill wish) {
    Map<Instant, Long> pending = new HashMap<>();
    handle
        .createQuery(
            """
            select d.logical_date, b.id from backfill_date d join backfill b on b.id = d.backfill_id
            where b.pipeline = :pipeline and d.state = 'pending'
            """)
        .bind("pipeline", wish.pipeline())
        .map(
            (row, context) ->
                Map.entry(row.getTimestamp("logical_date").toInstant(), row.getLong("id")))
        .forEach(date -> pending.put(date.getKey(), date.getValue()));
    return pending;
  }

  private BackfillDate decide(Instant date) {
    if (date.isAfter(now)) {
      return leftOut(date, "It is still to come; the schedule starts it.");
    }
    Long other = pending.get(date);
    if (other != null) {
      return leftOut(date, "It is waiting in backfill %d.".formatted(other));
    }
    Known run = runs.get(date);
    if (run == null) {
      return pending(date, "It has no run.");
    }
    if (!run.state().isFinal()) {
      return leftOut(date, "Run %d is under way.".formatted(run.id()));
    }
    String outcome = "Run %d %s.".formatted(run.id(), past(run.state()));
    boolean again =
        switch (wish.rerun()) {
          case NONE -> false;
          case FAILED -> run.state() != RunState.SUCCEEDED;
          case ALL -> true;
        };
    return again ? pending(date, outcome) : leftOut(date, outcome);
  }

  private static String past(RunState state) {
    return switch (state) {
      case SUCCEEDED -> "has succeeded";
      case CANCELLED -> "was cancelled";
      default -> "has failed";
    };
  }

  private static BackfillDate pending(Instant date, String because) {
    return new BackfillDate(date, "pending", because, null, null);
  }

  private static BackfillDate leftOut(Instant date, String because) {
    return new BackfillDate(date, "left-out", because, null, null);
  }
}
