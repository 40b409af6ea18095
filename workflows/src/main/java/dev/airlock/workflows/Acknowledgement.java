package dev.airlock.workflows;

import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;

/**
 * The wait until every gateway with a live lease knows an epoch of a model's routing. It goes on
 * beside whatever else its workflow does, since a gateway may keep its lease and never answer.
 */
final class Acknowledgement {

  private final RoutingActivities gateways =
      Workflow.newActivityStub(RoutingActivities.class, Outage.UNTIL_ACKNOWLEDGED);
  private final CancellationScope scope;
  private boolean isKnown;

  /** Begins to wait. */
  Acknowledgement(String model, long epoch) {
    scope = Workflow.newCancellationScope(() -> await(model, epoch));
    scope.run();
  }

  private void await(String model, long epoch) {
    Promise<Void> all = Async.procedure(gateways::awaitAcknowledged, model, epoch);
    all.handle(
        (nothing, failure) -> {
          isKnown = failure == null;
          return isKnown;
        });
  }

  /** Whether they all know it. */
  boolean isKnown() {
    return isKnown;
  }

  /** Waits no longer. */
  void giveUp() {
    scope.cancel();
  }
}
