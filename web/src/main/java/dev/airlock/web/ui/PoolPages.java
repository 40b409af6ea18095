package dev.airlock.web.ui;

import dev.airlock.store.Pool;
import dev.airlock.store.PoolRequest;
import dev.airlock.store.Store;
import dev.airlock.web.api.PoolRoutes;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The pools, who holds their slots, and who waits. */
public final class PoolPages {
  private static final int MOST_SHOWN = 50;

  private final Supplier<Store> store;
  private final Frame frame;

  public PoolPages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
  }

  /** All of them. */
  public record PoolsPage(Chrome chrome, List<PoolBox> pools, boolean mayOperate) {}

  /** One pool. */
  public record PoolBox(String name, int slots, int held, int waiting, Timed set, List<Row> rows) {}

  /** A stage that holds slots, or waits for some. */
  public record Row(
      String stage,
      String pipeline,
      long runId,
      String link,
      int slots,
      String state,
      Timed since) {}

  /** {@code GET /pools}. */
  public void list(Context ctx) {
    Store open = store.get();
    Instant now = Instant.now();
    List<Pool> pools = open.pools().list();
    Map<String, List<PoolRequest>> requests =
        open.pools().open(pools.stream().map(Pool::name).toList(), MOST_SHOWN).stream()
            .collect(Collectors.groupingBy(PoolRequest::pool));
    frame.render(
        ctx,
        "pools",
        new PoolsPage(
            frame
                .chrome(
                    ctx,
                    "Pools",
                    "pools",
                    new Crumb("Pipelines", "/pipelines"),
                    Crumb.here("Pools"))
                .following("pools", "runs"),
            pools.stream()
                .map(pool -> box(pool, requests.getOrDefault(pool.name(), List.of()), now))
                .toList(),
            Caller.of(ctx).may(Permission.RESIZE)));
  }

  private static PoolBox box(Pool pool, List<PoolRequest> requests, Instant now) {
    return new PoolBox(
        pool.name(),
        pool.slots(),
        pool.held(),
        pool.waiting(),
        Timed.ago("by %s, ".formatted(pool.updatedBy()), pool.updatedAt(), now, ""),
        requests.stream().map(request -> row(request, now)).toList());
  }

  private static Row row(PoolRequest request, Instant now) {
    boolean holds = request.grantedAt() != null;
    return new Row(
        request.stage(),
        request.pipeline(),
        request.runId(),
        "/runs/%d?stage=%s".formatted(request.runId(), request.stage()),
        request.slots(),
        holds ? "running" : "queued",
        Timed.ago(
            "",
            request.grantedAt() == null ? request.requestedAt() : request.grantedAt(),
            now,
            ""));
  }

  /** {@code POST /pools}, from a form: {@code name} and {@code slots}. */
  public void resize(Context ctx) {
    String slots = Objects.requireNonNullElse(ctx.formParam("slots"), "").strip();
    PoolRoutes.resize(
        store.get(),
        Objects.requireNonNullElse(ctx.formParam("name"), "").strip(),
        (int) Math.min(Integer.MAX_VALUE, Query.number("The number of slots", slots)),
        Caller.of(ctx).acting(ctx));
    ctx.redirect("/pools?done=resized", HttpStatus.SEE_OTHER);
  }
}
