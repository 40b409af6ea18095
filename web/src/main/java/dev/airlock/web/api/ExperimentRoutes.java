package dev.airlock.web.api;

import dev.airlock.store.ExperimentOrder;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;

/** Runs that train or judge models, side by side. */
public final class ExperimentRoutes {
  private static final int MOST_NAMED = 50;

  private final Supplier<Store> store;

  public ExperimentRoutes(Supplier<Store> store) {
    this.store = store;
  }

  /**
   * {@code GET /experiments?pipeline=&sort=metric.auc&order=desc}, or {@code ?run=12&run=14} for
   * these alone.
   */
  public void list(Context ctx) {
    List<Long> named = named(ctx);
    if (!named.isEmpty()) {
      ctx.json(
          new Page<>(
              store.get().experiments().of(named).stream().map(TriedRun::of).toList(), null));
      return;
    }
    var page =
        store
            .get()
            .experiments()
            .list(
                Query.text(ctx, "pipeline"), order(ctx), Limits.of(ctx), Query.text(ctx, "cursor"));
    ctx.json(new Page<>(page.items().stream().map(TriedRun::of).toList(), page.next()));
  }

  /**
   * The runs that the URL names.
   *
   * @throws ProblemException 400 where one is no number, or there are too many to be held side by
   *     side
   */
  public static List<Long> named(Context ctx) {
    List<Long> ids =
        ctx.queryParams("run").stream()
            .filter(text -> !text.isBlank())
            .map(text -> Query.number("run", text))
            .distinct()
            .toList();
    if (ids.size() > MOST_NAMED) {
      throw ProblemException.badRequest(
          "%d runs are named, expected at most %d.".formatted(ids.size(), MOST_NAMED));
    }
    return ids;
  }

  /**
   * The order that the URL asks for, the newest first where it asks for none.
   *
   * @throws ProblemException 400 where there is no such order
   */
  public static ExperimentOrder order(Context ctx) {
    String sort = Query.text(ctx, "sort");
    String direction = Query.text(ctx, "order");
    if (direction != null && !direction.equals("asc") && !direction.equals("desc")) {
      throw ProblemException.badRequest(
          "order is '%s', expected asc or desc.".formatted(direction));
    }
    ExperimentOrder order =
        ExperimentOrder.read(sort == null ? "run" : sort, !"asc".equals(direction));
    if (order == null) {
      throw ProblemException.badRequest(
          "sort is '%s', expected run, took, metric.NAME or param.NAME.".formatted(sort));
    }
    return order;
  }
}
