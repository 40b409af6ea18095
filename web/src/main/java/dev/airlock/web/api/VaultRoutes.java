package dev.airlock.web.api;

import dev.airlock.store.Page;
import dev.airlock.store.Store;
import io.javalin.http.Context;
import java.util.function.Supplier;

/** Secrets and connections by name. Their values are not known here. */
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
}
