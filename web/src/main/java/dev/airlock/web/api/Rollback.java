package dev.airlock.web.api;

import dev.airlock.store.Acting;
import dev.airlock.store.CommandRequest;
import dev.airlock.store.ModelCommand;
import dev.airlock.store.Models;
import dev.airlock.store.Store;
import dev.airlock.web.http.ProblemException;
import dev.airlock.workflows.CommandOutcome;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Goes back to a version that was live before, and waits until all traffic is back. */
public final class Rollback {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Supplier<Store> store;

  public Rollback(Supplier<Store> store) {
    this.store = store;
  }

  /**
   * Writes the command down and waits up to ten seconds until every gateway with a live lease has
   * acknowledged.
   *
   * @param to the version, or null for the one before
   * @return the command, whose outcome is null where it is recorded but has not taken effect yet
   * @throws ProblemException 403 where that version was never live, 409 where it does not fit
   */
  public ModelCommand to(String model, @Nullable Integer to, Acting acting, String reason) {
    Models models = store.get().models();
    CommandRequest request = models.requestRollback(model, to, acting, reason);
    if (request instanceof CommandRequest.Forbidden forbidden) {
      throw ProblemException.forbidden(forbidden.reason());
    }
    if (request instanceof CommandRequest.Conflict conflict) {
      throw ProblemException.conflict(conflict.reason());
    }
    long id = ((CommandRequest.Recorded) request).commandId();
    ModelCommand command =
        Patience.until(
            PATIENCE, () -> models.command(id).orElseThrow(), found -> found.outcome() != null);
    if (command.outcome() instanceof CommandOutcome.Refused refused) {
      throw ProblemException.conflict(refused.reason());
    }
    if (command.outcome() instanceof CommandOutcome.Superseded superseded) {
      throw ProblemException.conflict(superseded.reason());
    }
    return command;
  }
}
