package dev.airlock.web.ui;

import dev.airlock.store.ItemCount;
import dev.airlock.store.ItemRow;
import dev.airlock.store.Page;
import dev.airlock.store.Run;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.ItemRoutes;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import dev.airlock.web.ui.RunPages.RunsPage.Filter;
import dev.airlock.workflows.StageState;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The items of a map. */
public final class ItemPages {
  private static final int PER_PAGE = 100;
  private static final int MOST_TEXT = 120;

  private final Supplier<Store> store;
  private final Frame frame;

  public ItemPages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
  }

  /** Some items of a map, as they stand. */
  public record ItemsPage(
      Chrome chrome,
      String stage,
      List<Filter> filters,
      List<Row> rows,
      @Nullable String moreLink) {

    /** An item. */
    public record Row(
        int index,
        String state,
        String attempt,
        String worker,
        @Nullable Instant began,
        String took,
        @Nullable String since,
        String says,
        @Nullable String resultLink,
        @Nullable String logLink) {}
  }

  /** {@code GET /runs/{id}/stages/{stage}/items}. */
  public void list(Context ctx) {
    long id = Query.id(ctx, "run");
    String stage = ctx.pathParam("stage");
    Store open = store.get();
    Run run =
        open.runs()
            .find(id)
            .orElseThrow(() -> new UnknownEntityException("There is no run " + id + "."));
    ItemRoutes.requireMap(open, id, stage);
    StageState state = ItemRoutes.state(Query.text(ctx, "state"));
    Page<ItemRow> page = open.items().list(id, stage, state, PER_PAGE, Query.text(ctx, "cursor"));
    Instant now = Instant.now();
    String here = link(id, stage, state);
    frame.render(
        ctx,
        "items",
        new ItemsPage(
            frame
                .chrome(
                    ctx,
                    "%s, run %d, %s".formatted(run.pipeline(), id, stage),
                    "runs",
                    new Crumb(run.pipeline(), "/pipelines/" + run.pipeline()),
                    new Crumb("Run " + id, "/runs/" + id),
                    new Crumb(stage, "/runs/%d?stage=%s".formatted(id, stage)),
                    Crumb.here("Items"))
                .following("run:" + id),
            stage,
            filters(id, stage, state, open.items().counts(id)),
            page.items().stream().map(item -> row(id, stage, item, now)).toList(),
            page.next() == null
                ? null
                : here + (here.contains("?") ? "&" : "?") + "cursor=" + page.next()));
  }

  private static List<Filter> filters(
      long run, String stage, @Nullable StageState chosen, List<ItemCount> counts) {
    List<Filter> filters = new ArrayList<>();
    int all = counts.stream().filter(c -> c.stage().equals(stage)).mapToInt(ItemCount::count).sum();
    filters.add(
        new Filter(
            "all " + Words.count(all), link(run, stage, null), chosen == null ? "page" : null));
    for (ItemCount count : counts) {
      if (count.stage().equals(stage)) {
        filters.add(
            new Filter(
                count.state().word() + " " + Words.count(count.count()),
                link(run, stage, count.state()),
                count.state() == chosen ? "page" : null));
      }
    }
    return filters;
  }

  static String link(long run, String stage, @Nullable StageState state) {
    return "/runs/%d/stages/%s/items%s"
        .formatted(run, stage, state == null ? "" : "?state=" + state.word());
  }

  private static ItemsPage.Row row(long run, String stage, ItemRow item, Instant now) {
    Instant began = item.startedAt();
    boolean hasResult = item.result() != null || item.resultDigest() != null;
    return new ItemsPage.Row(
        item.index(),
        item.state().word(),
        item.attempt() == 0 ? "" : "" + item.attempt(),
        item.worker() == null ? "" : item.worker(),
        began,
        began == null ? "" : Words.took(began, item.endedAt(), now),
        began == null || item.endedAt() != null ? null : began.toString(),
        says(item),
        hasResult
            ? "/api/v1/runs/%d/stages/%s/items/%d/result".formatted(run, stage, item.index())
            : null,
        item.attempt() == 0 ? null : logLink(run, stage, item.index()));
  }

  /** Where what an item said is, as text. */
  static String logLink(long run, String stage, int index) {
    return "/api/v1/runs/%d/stages/%s/logs?item=%d".formatted(run, stage, index);
  }

  private static String says(ItemRow item) {
    if (item.error() != null) {
      return item.error().message();
    }
    String result = item.result();
    if (result == null) {
      return item.resultDigest() == null ? "" : "result " + Words.digest(item.resultDigest());
    }
    return result.length() > MOST_TEXT ? result.substring(0, MOST_TEXT) + "…" : result;
  }
}
