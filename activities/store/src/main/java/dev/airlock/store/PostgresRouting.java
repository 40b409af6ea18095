package dev.airlock.store;

import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RoutingActivities;
import dev.airlock.workflows.StageOutput;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
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
    ModelCommand command =
        jdbi.onDemand(Models.class)
            .command(commandId)
            .orElseThrow(
                () -> new UnknownEntityException("There is no command " + commandId + "."));
    Moved moved = jdbi.withHandle(handle -> move(handle, commandId, epoch(handle, command)));
    while (moved.result().equals("stale")) {
      long epoch = moved.epoch();
      moved = jdbi.withHandle(handle -> move(handle, commandId, epoch));
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
        .map(ConstructorMapper.of(Moved.class))
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
          return handle.attach(Models.class).command(commandId).orElseThrow().runId();
        });
  }

  /**
   * What the database's function answers.
   *
   * @param result moved, refused or stale
   */
  record Moved(String result, long approvalId, long epoch, String reason) {}
}
