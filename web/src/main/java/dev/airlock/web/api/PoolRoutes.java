package dev.airlock.web.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.airlock.store.Acting;
import dev.airlock.store.Page;
import dev.airlock.store.Pool;
import dev.airlock.store.PoolRequest;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Pools: limits that stages of all pipelines share. */
public final class PoolRoutes {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final int LARGEST = 1_000_000;
  private static final int MOST_SHOWN = 1_000;

  private final Supplier<Store> store;

  public PoolRoutes(Supplier<Store> store) {
    this.store = store;
  }

  private record Wish(@Nullable Integer slots) {}

  private record Shown(
      @JsonUnwrapped Pool pool, List<PoolRequest> holders, List<PoolRequest> queue) {}

  /** {@code GET /pools}. */
  public void list(Context ctx) {
    ctx.json(
        Page.within(
            store.get().pools().list(),
            Limits.ofShortList(ctx),
            Query.text(ctx, "cursor"),
            Pool::name));
  }

  /** {@code GET /pools/{name}}: the pool, who holds its slots and who waits, in order. */
  public void show(Context ctx) {
    String name = ctx.pathParam("name");
    Pool pool =
        store
            .get()
            .pools()
            .find(name)
            .orElseThrow(
                () -> new UnknownEntityException("There is no pool '%s'.".formatted(name)));
    List<PoolRequest> open = store.get().pools().open(name, MOST_SHOWN);
    ctx.json(
        new Shown(
            pool,
            open.stream().filter(request -> request.grantedAt() != null).toList(),
            open.stream().filter(request -> request.grantedAt() == null).toList()));
  }

  /** {@code PUT /pools/{name}}: makes it, or makes it larger or smaller. */
  public void resize(Context ctx) {
    Integer slots = Body.read(ctx, Wish.class).slots();
    if (slots == null) {
      throw ProblemException.badRequest(
          "The size is missing: send {\"slots\": 4}.",
          List.of(new Fault("slots", "missing; send a whole number")));
    }
    ctx.json(resize(store.get(), ctx.pathParam("name"), slots, Caller.of(ctx).acting(ctx)));
  }

  /**
   * Makes a pool of this size.
   *
   * @throws ProblemException 400 where name or size won't do
   */
  public static Pool resize(Store store, String name, int slots, Acting acting) {
    if (!NAME.matcher(name).matches() || name.length() > 60) {
      throw ProblemException.badRequest(
          "'%s' is no name for a pool: expected lower-case words joined by hyphens, at most 60 characters."
              .formatted(name));
    }
    if (slots < 0 || slots > LARGEST) {
      throw ProblemException.badRequest(
          "A pool can't have %d slots: expected 0 to %d. 0 holds everybody back."
              .formatted(slots, LARGEST),
          List.of(new Fault("slots", "expected 0 to " + LARGEST)));
    }
    return store.pools().resize(name, slots, acting);
  }
}
