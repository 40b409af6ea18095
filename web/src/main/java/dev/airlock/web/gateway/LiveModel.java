package dev.airlock.web.gateway;

import dev.airlock.scoring.ScoringModel;
import dev.airlock.store.LiveRoute;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What answers for a model in one epoch of its routing: the live version, and the candidate where a
 * rollout is under way. It counts the requests that it is answering, so that a shift of traffic is
 * acknowledged only when the last of them is done.
 */
final class LiveModel {
  private final LiveRoute route;
  private final ScoringModel model;
  private final @Nullable ScoringModel candidate;
  private final AtomicInteger answering = new AtomicInteger();
  private final AtomicBoolean hasCandidateFailed = new AtomicBoolean();

  /**
   * What a route says, loaded.
   *
   * @param candidate null where there is none, or where it can't be loaded
   */
  LiveModel(LiveRoute route, ScoringModel model, @Nullable ScoringModel candidate) {
    this.route = route;
    this.model = model;
    this.candidate = candidate;
  }

  LiveRoute route() {
    return route;
  }

  /** The live version. */
  ScoringModel model() {
    return model;
  }

  /** The candidate, or null where there is none, or where it can't be loaded. */
  @Nullable ScoringModel candidate() {
    return candidate;
  }

  /** Whether the route has a candidate that could not be loaded. */
  boolean lacksCandidate() {
    return route.candidate() != null && candidate == null;
  }

  /** Whether some customers are to meet a candidate. */
  boolean isSplit() {
    return route.candidate() != null && route.weight() > 0;
  }

  /** The features that the candidate takes; those of the live version where there is none. */
  List<String> candidateFeatures() {
    return candidate == null ? model.features() : candidate.features();
  }

  /** The arm that a customer belongs to; the live one without a customer. */
  Arm arm(@Nullable String customer) {
    return isSplit()
            && customer != null
            && Bucket.isInShare(route.model(), customer, route.weight())
        ? Arm.CANDIDATE
        : Arm.LIVE;
  }

  /** Whether this is the first failure of the candidate in this epoch, which alone is logged. */
  boolean isFirstFailure() {
    return hasCandidateFailed.compareAndSet(false, true);
  }

  void enter() {
    answering.incrementAndGet();
  }

  void leave() {
    answering.decrementAndGet();
  }

  boolean isIdle() {
    return answering.get() == 0;
  }
}
