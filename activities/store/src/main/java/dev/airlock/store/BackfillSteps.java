package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One backfill on its way, under the lock of its pipeline. */
final class BackfillSteps {

  private static final Logger log = LoggerFactory.getLogger(BackfillSteps.class);

  private final Handle handle;
  private final Backfill backfill;

  private BackfillSteps(Handle handle, Backfill backfill) {
    this.handle = handle;
    this.backfill = backfill;
  }

  /** Those of a pipeline that still have dates to start, oldest first. */
  static List<BackfillSteps> of(Handle handle, String pipeline) {
    return handle.attach(Backfills.class).open(pipeline).stream()
        .map(backfill -> new BackfillSteps(handle, backfill))
        .toList();
  }

  /** Whether one more of its runs may go. */
  boolean hasRoom() {
    int active =
        handle
            .createQuery(
                """
                select count(*) from backfill_date d join run r on r.id = d.run_id
                where d.backfill_id = :backfill and r.state in ('queued', 'running', 'waiting')
                """)
            .bind("backfill", backfill.id())
            .mapTo(Integer.class)
            .one();
    return active < backfill.maxActive();
  }

  /** Makes a run of the next date. False where none is left. */
  boolean startNext() {
    Optional<Next> next = next();
    while (next.isPresent()) {
      if (start(next.get())) {
        return true;
      }
      next = next();
    }
    return false;
  }

  private record Next(int position, Instant logicalDate) {}

  private Optional<Next> next() {
    return handle
        .createQuery(
            """
            select position, logical_date from backfill_date
            where backfill_id = :backfill and state = 'pending' order by position limit 1
            """)
        .bind("backfill", backfill.id())
        .map(
            (row, context) ->
                new Next(row.getInt("position"), row.getTimestamp("logical_date").toInstant()))
        .findOne();
  }

  private boolean start(Next next) {
    try {
      long run = handle.attach(Runs.class).startNow(wish(next.logicalDate()));
      settle(next.position(), "started", "", run);
      return true;
    } catch (InvalidParamsException | UnknownEntityException e) {
      log.warn("Backfill {} leaves {} out: {}", backfill.id(), next.logicalDate(), e.toString());
      settle(next.position(), "left-out", String.valueOf(e.getMessage()), null);
      return false;
    }
  }

  private NewRun wish(Instant logicalDate) {
    return new NewRun(
        backfill.pipeline(),
        backfill.params(),
        logicalDate,
        new Acting(
            backfill.requestedBy(),
            Origin.within(Origin.Channel.SCHEDULE, "backfill " + backfill.id())),
        "backfill",
        backfill.note(),
        Json.write(new Trigger("backfill", backfill.id(), backfill.requestedBy())),
        "backfill/%d/%s".formatted(backfill.id(), logicalDate));
  }

  private void settle(
      int position, String state, String because, @org.jspecify.annotations.Nullable Long run) {
    handle
        .createUpdate(
            """
            update backfill_date set state = :state, because = :because, run_id = :run
            where backfill_id = :backfill and position = :position
            """)
        .bind("state", state)
        .bind("because", because)
        .bind("run", run)
        .bind("backfill", backfill.id())
        .bind("position", position)
        .execute();
  }

  /** What a run keeps of the backfill that it belongs to. */
  private record Trigger(String kind, long backfill, String by) {}

  /** The params as JSON, as {@link Backfills} keeps them. */
  static String json(Map<String, String> params) {
    return Json.write(new java.util.TreeMap<>(params));
  }
}
