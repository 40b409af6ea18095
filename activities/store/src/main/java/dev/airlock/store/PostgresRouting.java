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

/** Moves traffic through the one function of the database that can. */
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

  private CommandOutcome shift(ModelCommand command) {
    Moved moved = jdbi.withHandle(handle -> move(handle, command.id(), epoch(handle, command)));
    while (moved.result().equals("stale")) {
      long epoch = moved.epoch();
      moved = jdbi.withHandle(handle -> move(handle, command.id(), epoch));
    }
    if (moved.result().equals("refused")) {
      return new CommandOutcome.Refused(moved.reason());
    }
    haltPoint.reached(HaltPoint.PROMOTE_COMMITTED);
    return new CommandOutcome.Live(
        new StageOutput.LiveVersion(
            command.model(), command.version(), moved.approvalId(), moved.epoch()));
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
    throw new UnsupportedOperationException("settled");
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
}
