package dev.airlock.web.api;

import dev.airlock.store.DatasetRow;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;

/** Datasets that have been published. */
public final class DatasetRoutes {
  private final Supplier<Store> store;

  public DatasetRoutes(Supplier<Store> store) {
    this.store = store;
  }

  /** {@code GET /datasets}. */
  public void list(Context ctx) {
    ctx.json(new Page<>(store.get().datasets().list(), null));
  }

  /** {@code GET /datasets/{name}/versions}. */
  public void versions(Context ctx) {
    String name = ctx.pathParam("name");
    List<DatasetRow> versions = store.get().datasets().versions(name);
    if (versions.isEmpty()) {
      throw new UnknownEntityException("There is no dataset '" + name + "'.");
    }
    ctx.json(new Page<>(versions, null));
  }
}
