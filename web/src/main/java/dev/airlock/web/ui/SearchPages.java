package dev.airlock.web.ui;

import dev.airlock.store.Store;
import dev.airlock.web.api.SearchRoutes;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;

/** The search, and what the keyboard does. */
public final class SearchPages {
  private final Supplier<Store> store;
  private final Frame frame;

  public SearchPages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
  }

  /** What was found. */
  public record SearchPage(
      Chrome chrome, String query, List<SearchRoutes.Hit> hits, List<SearchRoutes.Place> places) {}

  /** The keys. */
  public record KeysPage(Chrome chrome, List<SearchRoutes.Place> places) {}

  /** {@code GET /search?q=}; its part {@code #hits} is what the dialog shows. */
  public void search(Context ctx) {
    String text = Query.text(ctx, "q");
    boolean mayReadAudit = Caller.of(ctx).may(Permission.READ_AUDIT);
    frame.render(
        ctx,
        "search",
        new SearchPage(
            frame.chrome(ctx, "Search", "", Crumb.here("Search")),
            text == null ? "" : text,
            SearchRoutes.hits(store.get(), text, mayReadAudit),
            SearchRoutes.places(mayReadAudit)));
  }

  /** {@code GET /keys}. */
  public void keys(Context ctx) {
    frame.render(
        ctx,
        "keys",
        new KeysPage(
            frame.chrome(ctx, "Keys", "", Crumb.here("Keys")),
            SearchRoutes.places(Caller.of(ctx).may(Permission.READ_AUDIT))));
  }
}
