package dev.airlock.web.api;

import dev.airlock.store.Acting;
import dev.airlock.store.CommandRequest;
import dev.airlock.store.RolloutDetail;
import dev.airlock.store.Rollouts;
import dev.airlock.store.Store;
import dev.airlock.web.http.ProblemException;
import dev.airlock.workflows.RolloutControl;
import java.time.Duration;
import java.util.function.Supplier;

/** Takes what a person wants of a rollout, and waits a while for what becomes of it. */
public final class Steering {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Supplier<Store> store;

  public Steering(Supplier<Store> store) {
    this.store = store;
  }

  /**
   * Writes the wish down and waits up to five seconds until the rollout has settled it.
   *
   * @return the control, which is not settled where it is recorded but has not taken effect yet
   * @throws ProblemException 403 or 409 where it was not written down, 409 where it was refused
   */
  public RolloutDetail.Control ask(
      long rolloutId, RolloutControl.Kind kind, Acting acting, String reason) {
    Rollouts rollouts = store.get().rollouts();
    CommandRequest request = rollouts.request(rolloutId, kind, acting, reason);
    if (request instanceof CommandRequest.Forbidden forbidden) {
      throw ProblemException.forbidden(forbidden.reason());
    }
    if (request instanceof CommandRequest.Conflict conflict) {
      throw ProblemException.conflict(conflict.reason());
    }
    long id = ((CommandRequest.Recorded) request).commandId();
    RolloutDetail.Control control =
        Patience.until(
            PATIENCE, () -> rollouts.control(id).orElseThrow(), found -> found.taken() != null);
    if (Boolean.FALSE.equals(control.taken())) {
      throw ProblemException.conflict(control.answer());
    }
    return control;
  }
}
