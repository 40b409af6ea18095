package dev.airlock.web.ui;

import dev.airlock.store.LogLine;
import dev.airlock.store.LogPlace;
import dev.airlock.store.LogSearch;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.web.api.LogRoutes;
import dev.airlock.web.api.StageLogs;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks for lines in the logs of all runs. */
public final class LogPages {
  private static final int PER_PAGE = 100;

  private final Supplier<Store> store;
  private final Frame frame;

  public LogPages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
  }

  /**
   * The page.
   *
   * @param moreLink where the search goes on; null where all was looked through
   */
  public record LogsPage(
      Chrome chrome,
      String text,
      String pipeline,
      String level,
      String since,
      List<Row> rows,
      @Nullable String moreLink) {

    /** A line that was found. */
    public record Row(
        Instant at,
        String says,
        String level,
        long run,
        String stage,
        int attempt,
        String link,
        String text) {}
  }

  /** {@code GET /logs}. */
  public void show(Context ctx) {
    LogSearch search = LogRoutes.of(ctx, null);
    Page<LogLine> found = store.get().logs().search(search, PER_PAGE, Query.text(ctx, "cursor"));
    frame.render(
        ctx,
        "logs",
        new LogsPage(
            frame.chrome(ctx, "Logs", "logs", new Crumb("Runs", "/runs"), Crumb.here("Logs")),
            or(search.text()),
            or(search.pipeline()),
            search.level() == null ? "" : search.level().name().toLowerCase(Locale.ROOT),
            or(Query.text(ctx, "since")),
            found.items().stream().map(LogPages::row).toList(),
            found.next() == null ? null : more(ctx, found.next())));
  }

  private static LogsPage.Row row(LogLine line) {
    return new LogsPage.Row(
        line.at(),
        Words.day(line.at()) + " " + StageLogs.clock(line),
        line.level().name(),
        line.runId(),
        line.stage(),
        line.attempt(),
        link(line),
        line.text());
  }

  private static String link(LogLine line) {
    LogPlace place = LogPlace.of(line.stage());
    return place.item() == null
        ? "/runs/%d?stage=%s&attempt=%d".formatted(line.runId(), place.stage(), line.attempt())
        : ItemPages.logLink(line.runId(), place.stage(), place.item());
  }

  private static String or(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String more(Context ctx, String cursor) {
    StringBuilder link = new StringBuilder("/logs?cursor=" + cursor);
    for (String name : List.of("q", "pipeline", "level", "since")) {
      String value = Query.text(ctx, name);
      if (value != null) {
        link.append('&').append(name).append('=');
        link.append(Words.inQuery(value));
      }
    }
    return link.toString();
  }
}
