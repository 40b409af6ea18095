package dev.airlock.store;

import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RoutingActivities;
import dev.airlock.workflows.StageOutput;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Moves traffic through the functions of the database that can. */
final class PostgresRouting implements RoutingActivities {

  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Jdbi jdbi;
  private final HaltPoint haltPoint;

  PostgresRouting(Jdbi jdbi, HaltPoint haltPoint) {
    this.jdbi = jdbi;
    this.haltPoint = haltPoint;
  }

  @Override
  public CommandOutcome shift(long commandId) {
    Optional<ModelCommand> found = jdbi.onDemand(Models.class).command(commandId);
    // A signal may name anything; a name without a row must not hold up the commands behind it.
    return found
        .map(this::shift)
        .orElseGet(() -> new CommandOutcome.Refused("There is no command " + commandId + "."));
  }

  /** Tries until nothing has changed between its look at the routing and its move. */
  private CommandOutcome shift(ModelCommand command) {
    Optional<CommandOutcome> outcome = tryShift(command);
    while (outcome.isEmpty()) {
      outcome = tryShift(command);
    }
    return outcome.get();
  }

  private Optional<CommandOutcome> tryShift(ModelCommand command) {
    return jdbi.withHandle(handle -> isRollout(handle, command.id()))
        ? begin(command.id())
        : moveAll(command);
  }

  /** Step by step only from one version to another: the first is live at once. */
  private static boolean isRollout(Handle handle, long commandId) {
    return handle
        .createQuery(
            """
            select exists (
              select from model_command c join routing r using (model)
              where c.id = :command and c.canary is not null
                and (r.version <> c.version
                     or exists (select from rollout o
                                where o.command_id = c.id and o.state <> 'promoted')))
            """)
        .bind("command", commandId)
        .mapTo(Boolean.class)
        .one();
  }

  private Optional<CommandOutcome> begin(long commandId) {
    Begun begun = jdbi.withHandle(handle -> begin(handle, commandId));
    return switch (begun.result()) {
      case "stale" -> Optional.empty();
      case "refused" -> Optional.of(new CommandOutcome.Refused(begun.reason()));
      default ->
          Optional.of(
              new CommandOutcome.Begun(
                  Rollouts.plan(
                      jdbi.onDemand(Rollouts.class).find(begun.rolloutId()).orElseThrow())));
    };
  }

  private static Begun begin(Handle handle, long commandId) {
    return handle
        .createQuery(
            """
            select result, coalesce(rollout_id, 0) as rollout_id, coalesce(reason, '') as reason
            from airlock.begin_rollout(:command)
            """)
        .bind("command", commandId)
        .map(
            (row, context) ->
                new Begun(
                    row.getString("result"), row.getLong("rollout_id"), row.getString("reason")))
        .one();
  }

  private Optional<CommandOutcome> moveAll(ModelCommand command) {
    Moved moved = jdbi.inTransaction(handle -> moveAll(handle, command));
    if (moved.result().equals("stale")) {
      return Optional.empty();
    }
    if (moved.result().equals("refused")) {
      return Optional.of(new CommandOutcome.Refused(moved.reason()));
    }
    haltPoint.reached(HaltPoint.PROMOTE_COMMITTED);
    return Optional.of(
        new CommandOutcome.Live(
            new StageOutput.LiveVersion(
                command.model(), command.version(), moved.approvalId(), moved.epoch())));
  }

  private static Moved moveAll(Handle handle, ModelCommand command) {
    Moved moved = move(handle, command.id(), epoch(handle, command));
    RolloutAlerts.closeSettled(handle, command.model());
    return moved;
  }

  private static long epoch(Handle handle, ModelCommand command) {
    return handle.attach(Models.class).live(command.model()).map(LiveRoute::epoch).orElse(0L);
  }

  private static Moved move(Handle handle, long commandId, long expectedEpoch) {
    return handle
        .createQuery(
            """
            select result, coalesce(approval_id, 0) as approval_id, coalesce(epoch, 0) as epoch,
                   coalesce(reason, '') as reason
            from airlock.move_live(:command, :epoch)
            """)
        .bind("command", commandId)
        .bind("epoch", expectedEpoch)
        .map(
            (row, context) ->
                new Moved(
                    row.getString("result"),
                    row.getLong("approval_id"),
                    row.getLong("epoch"),
                    row.getString("reason")))
        .one();
  }

  @Override
  public void awaitAcknowledged(String model, long epoch) {
    Gateways gateways = jdbi.onDemand(Gateways.class);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<String> behind = gateways.behind(model, epoch);
    while (!behind.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "After %d s these gateways have not acknowledged epoch %d of %s: %s. Is the web up?"
                .formatted(PATIENCE.toSeconds(), epoch, model, String.join(", ", behind)));
      }
      CurrentAttempt.heartbeat();
      pause();
      behind = gateways.behind(model, epoch);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for gateways.", e);
    }
  }

  @Override
  public @Nullable CommandOutcome settled(long commandId) {
    return jdbi.onDemand(Rollouts.class).ofCommand(commandId).map(this::settled).orElse(null);
  }

  private @Nullable CommandOutcome settled(Rollout rollout) {
    return switch (rollout.state()) {
      case PROGRESSING, PAUSED -> null;
      case PROMOTED -> new CommandOutcome.Live(live(rollout));
      case ROLLED_BACK, ABORTED ->
          new CommandOutcome.TakenBack(rollout.id(), rollout.state(), rollout.because());
      case REFUSED -> new CommandOutcome.Refused(rollout.because());
    };
  }

  private StageOutput.LiveVersion live(Rollout rollout) {
    AliasMove move = jdbi.onDemand(Models.class).moveOf(rollout.commandId()).orElseThrow();
    return new StageOutput.LiveVersion(
        move.model(), move.version(), move.approvalId(), move.epoch());
  }

  @Override
  public @Nullable Long finish(long commandId, CommandOutcome outcome) {
    return jdbi.inTransaction(
        handle -> {
          handle
              .createUpdate(
                  """
                  update model_command set outcome = :outcome::jsonb, finished_at = now()
                  where id = :id and outcome is null
                  """)
              .bind("id", commandId)
              .bind("outcome", Json.write(outcome))
              .execute();
          return handle
              .attach(Models.class)
              .command(commandId)
              .map(ModelCommand::runId)
              .orElse(null);
        });
  }

  /**
   * What the database's function answers.
   *
   * @param result moved, refused or stale
   */
  private record Moved(String result, long approvalId, long epoch, String reason) {}

  /**
   * What the database's function answers.
   *
   * @param result begun, refused or stale
   */
  private record Begun(String result, long rolloutId, String reason) {}
}
