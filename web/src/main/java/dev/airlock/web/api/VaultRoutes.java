package dev.airlock.web.api;

import dev.airlock.store.Page;
import dev.airlock.store.Store;
import io.javalin.http.Context;
import java.util.function.Supplier;

/** Secrets, connections and queues by name. Values are not known here. */
public final class VaultRoutes {
  private final Supplier<Store> store;

  public VaultRoutes(Supplier<Store> store) {
    this.store = store;
  }

  /** {@code GET /secrets}. */
  public void secrets(Context ctx) {
    ctx.json(new Page<>(store.get().vaults().names("secret"), null));
  }

  /** {@code GET /connections}. */
  public void connections(Context ctx) {
    ctx.json(new Page<>(store.get().vaults().names("connection"), null));
  }

  /** {@code GET /queues}. */
  public void queues(Context ctx) {
    ctx.json(new Page<>(store.get().queues().names(), null));
  }
}
