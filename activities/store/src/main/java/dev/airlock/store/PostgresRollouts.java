package dev.airlock.store;

import dev.airlock.workflows.RolloutActivities;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutShift;
import dev.airlock.workflows.RolloutState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Rollouts as rows, and the split through the two functions of the database that can move it. */
final class PostgresRollouts implements RolloutActivities {

  private final Jdbi jdbi;
  private final HaltPoint haltPoint;

  PostgresRollouts(Jdbi jdbi, HaltPoint haltPoint) {
    this.jdbi = jdbi;
    this.haltPoint = haltPoint;
  }

  @Override
  public RolloutShift shiftTo(long rolloutId, int sequence, int step, int weight, String reason) {
    Answer answer =
        untilNotStale(
            rolloutId,
            (handle, epoch) -> shift(handle, rolloutId, sequence, step, weight, epoch, reason));
    haltPoint.reached(HaltPoint.ROLLOUT_SHIFTED);
    return answer.shift();
  }

  private static Answer shift(
      Handle handle,
      long rolloutId,
      int sequence,
      int step,
      int weight,
      long epoch,
      String reason) {
    return handle
        .createQuery(
            """
            select * from airlock.shift_rollout(:rollout, :sequence, :step, :weight, :epoch, :reason)
            """)
        .bind("rollout", rolloutId)
        .bind("sequence", sequence)
        .bind("step", step)
        .bind("weight", weight)
        .bind("epoch", epoch)
        .bind("reason", reason)
        .map((row, context) -> Answer.of(row))
        .one();
  }

  @Override
  public RolloutShift promote(long rolloutId, int sequence, String reason) {
    Answer answer =
        untilNotStale(
            rolloutId, (handle, epoch) -> promote(handle, rolloutId, sequence, epoch, reason));
    haltPoint.reached(HaltPoint.ROLLOUT_PROMOTED);
    return answer.shift();
  }

  private static Answer promote(
      Handle handle, long rolloutId, int sequence, long epoch, String reason) {
    Answer answer =
        handle
            .createQuery(
                """
                select * from airlock.promote_rollout(:rollout, :sequence, :epoch, :reason)
                """)
            .bind("rollout", rolloutId)
            .bind("sequence", sequence)
            .bind("epoch", epoch)
            .bind("reason", reason)
            .map((row, context) -> Answer.of(row))
            .one();
    find(handle, rolloutId)
        .ifPresent(rollout -> RolloutAlerts.closeSettled(handle, rollout.model()));
    return answer;
  }

  /** The split's epoch may move between the look at it and the shift. */
  private Answer untilNotStale(long rolloutId, Shift shift) {
    Answer answer = jdbi.inTransaction(handle -> shift.at(handle, epoch(handle, rolloutId)));
    while (answer.result().equals("stale")) {
      answer = jdbi.inTransaction(handle -> shift.at(handle, epoch(handle, rolloutId)));
    }
    return answer;
  }

  private static long epoch(Handle handle, long rolloutId) {
    return find(handle, rolloutId)
        .flatMap(rollout -> handle.attach(Models.class).live(rollout.model()))
        .map(LiveRoute::epoch)
        .orElse(0L);
  }

  private static Optional<Rollout> find(Handle handle, long rolloutId) {
    return handle.attach(Rollouts.class).find(rolloutId);
  }

  @Override
  public void note(
      long rolloutId, RolloutState state, int step, @Nullable Instant heldUntil, String because) {
    if (state.isOver()) {
      throw new IllegalArgumentException("A rollout is ended, not noted, as " + state + ".");
    }
    jdbi.useTransaction(
        handle -> {
          int noted =
              handle
                  .createUpdate(
                      """
                      update rollout
                      set state = :state, step = :step, held_until = :heldUntil, because = :because
                      where id = :id and state in ('progressing', 'paused')
                        and (state, step, held_until, because)
                            is distinct from (:state, :step, :heldUntil, :because)
                      """)
                  .bind("state", state)
                  .bind("step", step)
                  .bind("heldUntil", heldUntil)
                  .bind("because", because)
                  .bind("id", rolloutId)
                  .execute();
          if (noted > 0) {
            alertOf(handle, find(handle, rolloutId).orElseThrow());
          }
        });
  }

  private static void alertOf(Handle handle, Rollout rollout) {
    switch (rollout.state()) {
      case PAUSED -> RolloutAlerts.inconclusive(handle, rollout);
      case ROLLED_BACK -> RolloutAlerts.rolledBack(handle, rollout);
      case PROGRESSING, PROMOTED, ABORTED, REFUSED ->
          RolloutAlerts.closeSettled(handle, rollout.model());
    }
  }

  @Override
  public List<RolloutControl> unsettled(long rolloutId) {
    return jdbi.onDemand(Rollouts.class).unsettled(rolloutId).stream()
        .map(
            control ->
                new RolloutControl(
                    control.id(),
                    rolloutId,
                    control.kind(),
                    control.requestedBy(),
                    control.reason()))
        .toList();
  }

  @Override
  public void settle(long controlId, boolean taken, String answer) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update rollout_control set taken = :taken, answer = :answer, settled_at = now()
                    where id = :id and taken is null
                    """)
                .bind("taken", taken)
                .bind("answer", answer)
                .bind("id", controlId)
                .execute());
  }

  @Override
  public void end(long rolloutId, RolloutState state, String because) {
    if (!state.isOver()) {
      throw new IllegalArgumentException("A rollout is not over as long as it is " + state + ".");
    }
    Optional<Rollout> rollout = jdbi.withHandle(handle -> find(handle, rolloutId));
    if (rollout.isEmpty() || rollout.get().state().isOver()) {
      return;
    }
    if (state != RolloutState.PROMOTED && rollout.get().weight() > 0) {
      takeBack(rollout.get(), because);
    }
    jdbi.useTransaction(handle -> end(handle, rolloutId, state, because));
  }

  /** No rollout ends with traffic left at its version, whoever ends it. */
  private void takeBack(Rollout rollout, String because) {
    int sequence =
        1
            + jdbi.onDemand(Rollouts.class).shifts(rollout.id()).stream()
                .mapToInt(RolloutDetail.Shift::sequence)
                .max()
                .orElse(0);
    shiftTo(rollout.id(), sequence, rollout.step(), 0, because);
  }

  private static void end(Handle handle, long rolloutId, RolloutState state, String because) {
    int ended =
        handle
            .createUpdate(
                """
                update rollout
                set state = :state, because = :because, held_until = null,
                    ended_at = clock_timestamp()
                where id = :id and state in ('progressing', 'paused')
                """)
            .bind("state", state)
            .bind("because", because)
            .bind("id", rolloutId)
            .execute();
    if (ended > 0) {
      alertOf(handle, find(handle, rolloutId).orElseThrow());
    }
  }

  /** A call of one of the two functions, which answers stale where the epoch is another. */
  @FunctionalInterface
  private interface Shift {
    Answer at(Handle handle, long epoch);
  }

  /**
   * What the functions answer.
   *
   * @param result shifted, asked, refused, over or stale
   */
  private record Answer(
      String result, long epoch, @Nullable RolloutState state, @Nullable String reason) {

    static Answer of(ResultSet row) throws SQLException {
      String state = row.getString("state");
      return new Answer(
          row.getString("result"),
          row.getLong("epoch"),
          state == null ? null : Words.read(RolloutState.class, state),
          row.getString("reason"));
    }

    RolloutShift shift() {
      String because = reason == null ? "" : reason;
      return switch (result) {
        case "asked" -> new RolloutShift.Asked();
        case "refused" -> new RolloutShift.Refused(because);
        case "over" -> new RolloutShift.Over(Objects.requireNonNull(state), epoch, because);
        default -> new RolloutShift.Shifted(epoch);
      };
    }
  }
}
