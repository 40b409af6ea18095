package dev.airlock.web.ui;

import dev.airlock.store.ExperimentOrder;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.web.api.ExperimentRoutes;
import dev.airlock.web.api.TriedRun;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs that train or judge models: the list, and some of them side by side. */
public final class ExperimentPages {
  private static final int PER_PAGE = 30;

  private final Supplier<Store> store;
  private final Frame frame;

  public ExperimentPages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
  }

  /**
   * The list.
   *
   * @param pipeline the one whose runs are shown; empty for all
   * @param sort as the URL says it
   * @param hidden how many columns are left out since they are the same in each run
   * @param columnsLink where they are shown, or left out again
   * @param caution what to know before figures are compared; empty for nothing
   */
  public record ExperimentsPage(
      Chrome chrome,
      String pipeline,
      List<String> pipelines,
      String sort,
      String order,
      List<Column> columns,
      List<Row> rows,
      int hidden,
      boolean all,
      String columnsLink,
      String caution,
      @Nullable String moreLink) {}

  /**
   * A param, a setting or a metric.
   *
   * @param link sorts by it; null where it can't be sorted by
   * @param sorted for {@code aria-sort}; null where it is not sorted by
   */
  public record Column(
      String name, String kind, boolean isMetric, @Nullable String link, @Nullable String sorted) {}

  /**
   * A run in the list; a value each column, the best of a metric marked.
   *
   * @param since ISO 8601, where it is under way; null otherwise
   */
  public record Row(
      long id,
      String pipeline,
      String state,
      Instant at,
      String ago,
      String took,
      @Nullable String since,
      String chosen,
      List<Value> values) {}

  /** What a run has in a column. */
  public record Value(String text, boolean best) {}

  /**
   * Runs side by side.
   *
   * @param differencesOnly whether rows that are alike are left out
   * @param caution what to know before figures are compared; empty for nothing
   * @param otherLink where they are shown, or left out again
   */
  public record ComparePage(
      Chrome chrome,
      List<Head> heads,
      List<Group> groups,
      boolean differencesOnly,
      String caution,
      String otherLink,
      String listLink) {}

  /** A run at the head of its column; the link leaves it out. */
  public record Head(
      long id, String pipeline, String state, Instant at, String ago, String without) {}

  /** Rows of a kind. */
  public record Group(String title, List<Line> lines) {}

  /** A row: what each run has. */
  public record Line(String name, boolean differs, List<Value> values) {}

  /** {@code GET /experiments}. */
  public void list(Context ctx) {
    String pipeline = Query.text(ctx, "pipeline");
    ExperimentOrder order = ExperimentRoutes.order(ctx);
    boolean all = "all".equals(Query.text(ctx, "columns"));
    Page<dev.airlock.store.Experiment> page =
        store.get().experiments().list(pipeline, order, PER_PAGE, Query.text(ctx, "cursor"));
    List<TriedRun> runs = page.items().stream().map(TriedRun::of).toList();
    ExperimentTable table = new ExperimentTable(runs);
    Instant now = Instant.now();
    List<ExperimentTable.Series> shown =
        table.series().stream().filter(one -> all || one.isShown()).toList();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      rows.add(row(runs.get(i), i, shown, now));
    }
    String here = link(pipeline, order, all);
    // Sorted by a figure, rows would change places under the eyes of whoever compares them.
    Chrome chrome = frame.chrome(ctx, "Experiments", "experiments", Crumb.here("Experiments"));
    frame.render(
        ctx,
        "experiments",
        new ExperimentsPage(
            order.equals(ExperimentOrder.NEWEST) ? chrome.following("runs") : chrome,
            pipeline == null ? "" : pipeline,
            store.get().experiments().pipelines(),
            order.word(),
            order.descending() ? "desc" : "asc",
            shown.stream().map(one -> column(one, pipeline, order, all)).toList(),
            rows,
            table.series().size() - shown.size(),
            all,
            link(pipeline, order, !all),
            table.caution(),
            page.next() == null
                ? null
                : here + (here.contains("?") ? "&" : "?") + "cursor=" + page.next()));
  }

  private static Row row(TriedRun run, int i, List<ExperimentTable.Series> shown, Instant now) {
    return new Row(
        run.run(),
        run.pipeline(),
        run.state(),
        run.createdAt(),
        Words.ago(run.createdAt(), now),
        Words.took(run.startedAt(), run.endedAt(), now),
        run.startedAt() == null || run.endedAt() != null ? null : run.startedAt().toString(),
        run.chosen() == null ? "" : run.chosen(),
        shown.stream().map(one -> one.value(i)).toList());
  }

  private static Column column(
      ExperimentTable.Series one, @Nullable String pipeline, ExperimentOrder order, boolean all) {
    ExperimentOrder by = one.order();
    boolean isSorted = by != null && by.word().equals(order.word());
    return new Column(
        one.title(),
        one.kind(),
        one.isMetric(),
        by == null
            ? null
            : link(
                pipeline,
                new ExperimentOrder(
                    by.by(), by.name(), isSorted ? !order.descending() : by.descending()),
                all),
        isSorted ? (order.descending() ? "descending" : "ascending") : null);
  }

  private static String link(@Nullable String pipeline, ExperimentOrder order, boolean all) {
    List<String> parts = new ArrayList<>();
    if (pipeline != null) {
      parts.add("pipeline=" + Words.inQuery(pipeline));
    }
    if (!order.equals(ExperimentOrder.NEWEST)) {
      parts.add("sort=" + Words.inQuery(order.word()));
      parts.add("order=" + (order.descending() ? "desc" : "asc"));
    }
    if (all) {
      parts.add("columns=all");
    }
    return parts.isEmpty() ? "/experiments" : "/experiments?" + String.join("&", parts);
  }

  /** {@code GET /experiments/compare?run=12&run=14}. */
  public void compare(Context ctx) {
    List<Long> named = ExperimentRoutes.named(ctx);
    boolean differencesOnly = "differences".equals(Query.text(ctx, "show"));
    List<TriedRun> runs = store.get().experiments().of(named).stream().map(TriedRun::of).toList();
    Instant now = Instant.now();
    List<Long> ids = runs.stream().map(TriedRun::run).toList();
    ExperimentTable table = new ExperimentTable(runs);
    Chrome chrome =
        frame.chrome(
            ctx,
            "Runs side by side",
            "experiments",
            new Crumb("Experiments", "/experiments"),
            Crumb.here("Side by side"));
    if (!ids.isEmpty()) {
      chrome = chrome.following(ids.stream().map(id -> "run:" + id).toArray(String[]::new));
    }
    frame.render(
        ctx,
        "compare",
        new ComparePage(
            chrome,
            runs.stream()
                .map(
                    run ->
                        new Head(
                            run.run(),
                            run.pipeline(),
                            run.state(),
                            run.createdAt(),
                            Words.ago(run.createdAt(), now),
                            compareLink(
                                ids.stream().filter(id -> id != run.run()).toList(),
                                differencesOnly)))
                .toList(),
            table.groups(differencesOnly),
            differencesOnly,
            table.caution(),
            compareLink(ids, !differencesOnly),
            "/experiments"));
  }

  private static String compareLink(List<Long> ids, boolean differencesOnly) {
    List<String> parts = new ArrayList<>();
    ids.forEach(id -> parts.add("run=" + id));
    if (differencesOnly) {
      parts.add("show=differences");
    }
    return "/experiments/compare?" + String.join("&", parts);
  }
}
