package dev.airlock.web.api;

import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What somebody should know of the models. */
public final class AlertRoutes {
  private static final List<String> STATES = List.of("open", "acknowledged", "closed");

  private final Supplier<Store> store;

  public AlertRoutes(Supplier<Store> store) {
    this.store = store;
  }

  /** {@code GET /alerts}; those that are acknowledged count as open. */
  public void list(Context ctx) {
    ctx.json(
        store
            .get()
            .alerts()
            .page(
                Query.text(ctx, "model"),
                state(Query.text(ctx, "state")),
                Limits.of(ctx),
                Query.text(ctx, "cursor")));
  }

  private static @Nullable String state(@Nullable String word) {
    if (word != null && !STATES.contains(word)) {
      throw ProblemException.badRequest(
          "state is '%s', expected one of %s.".formatted(word, String.join(", ", STATES)));
    }
    return word;
  }

  /** {@code GET /alerts/{id}}. */
  public void show(Context ctx) {
    long id = Query.id(ctx, "alert");
    ctx.json(
        store
            .get()
            .alerts()
            .find(id)
            .orElseThrow(() -> new UnknownEntityException("There is no alert " + id + ".")));
  }

  /** {@code POST /alerts/{id}/acknowledge}. */
  public void acknowledge(Context ctx) {
    ctx.json(store.get().alerts().acknowledge(Query.id(ctx, "alert"), Caller.of(ctx).acting(ctx)));
  }
}
