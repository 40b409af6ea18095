package dev.airlock.web.gateway;

import dev.airlock.scoring.ScoringModel;
import dev.airlock.store.LiveRoute;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A version that answers. It counts the requests that it is answering, so that a shift of traffic
 * is acknowledged only when the last of them is done.
 */
final class LiveModel {
  private final LiveRoute route;
  private final ScoringModel model;
  private final AtomicInteger answering = new AtomicInteger();

  LiveModel(LiveRoute route, ScoringModel model) {
    this.route = route;
    this.model = model;
  }

  LiveRoute route() {
    return route;
  }

  ScoringModel model() {
    return model;
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
