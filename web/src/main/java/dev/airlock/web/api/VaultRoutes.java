package dev.airlock.web.api;

import dev.airlock.store.Page;
import dev.airlock.store.QueueName;
import dev.airlock.store.Store;
import dev.airlock.store.VaultName;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Secrets, connections and queues by name. Values are not known here. */
public final class VaultRoutes {
  private final Supplier<Store> store;

  public VaultRoutes(Supplier<Store> store) {
    this.store = store;
  }

  /** {@code GET /secrets}. */
  public void secrets(Context ctx) {
    ctx.json(page(ctx, store.get().vaults().names("secret"), VaultName::name));
  }

  /** {@code GET /connections}. */
  public void connections(Context ctx) {
    ctx.json(page(ctx, store.get().vaults().names("connection"), VaultName::name));
  }

  /** {@code GET /queues}. */
  public void queues(Context ctx) {
    ctx.json(page(ctx, store.get().queues().names(), QueueName::name));
  }

  private static <T> Page<T> page(Context ctx, List<T> all, Function<T, String> name) {
    return Page.within(all, Limits.ofShortList(ctx), Query.text(ctx, "cursor"), name);
  }
}
