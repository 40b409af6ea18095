package dev.airlock.web;

import dev.airlock.store.LiveRoute;
import dev.airlock.store.Store;
import dev.airlock.web.gateway.Routing;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** The routing in PostgreSQL. */
final class StoreRouting implements Routing {
  private final Supplier<Store> store;

  /** Asks for the store each time, since it may not be there yet. */
  StoreRouting(Supplier<Store> store) {
    this.store = store;
  }

  @Override
  public List<LiveRoute> live() {
    return store.get().models().live();
  }

  @Override
  public void renewLease(String gateway, Duration term) {
    store.get().gateways().renew(gateway, term);
  }

  @Override
  public void acknowledge(String gateway, String model, long epoch) {
    store.get().gateways().acknowledge(gateway, model, epoch);
  }

  @Override
  public void endLease(String gateway) {
    store.get().gateways().leave(gateway);
  }
}
