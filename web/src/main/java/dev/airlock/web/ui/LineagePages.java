package dev.airlock.web.ui;

import dev.airlock.store.DatasetRow;
import dev.airlock.store.ModelVersion;
import dev.airlock.store.Store;
import dev.airlock.web.api.FirstRows;
import dev.airlock.web.api.LineageRoutes;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where a run, a version of a dataset and a version of a model came from and went. */
public final class LineagePages {
  private final Supplier<Store> store;
  private final FirstRows firstRows;
  private final Frame frame;

  public LineagePages(Supplier<Store> store, FirstRows firstRows, Frame frame) {
    this.store = store;
    this.firstRows = firstRows;
    this.frame = frame;
  }

  /**
   * The lineage of one thing.
   *
   * @param back to the thing itself
   */
  public record LineagePage(Chrome chrome, String title, String back, LineageView lineage) {}

  /**
   * One version of a dataset.
   *
   * @param newer the snapshot of the newest version where it is another; null otherwise
   */
  public record VersionPage(
      Chrome chrome,
      String name,
      String snapshot,
      String rowCount,
      long run,
      String stage,
      Instant at,
      @Nullable String newer,
      List<DatasetPages.DatasetPage.Column> columns,
      RowTable rows,
      LineageView lineage) {}

  /** {@code GET /runs/{id}/lineage}. */
  public void ofRun(Context ctx) {
    long id = Query.id(ctx, "run");
    LineageView lineage = LineageView.of(LineageRoutes.ofRun(store.get(), id));
    frame.render(
        ctx,
        "lineage",
        new LineagePage(
            frame
                .chrome(
                    ctx,
                    "Lineage of run " + id,
                    "runs",
                    new Crumb("Runs", "/runs"),
                    new Crumb("Run " + id, "/runs/" + id),
                    Crumb.here("Lineage"))
                .following("run:" + id),
            "Lineage of run " + id,
            "/runs/" + id,
            lineage));
  }

  /** {@code GET /models/{name}/versions/{version}/lineage}. */
  public void ofModel(Context ctx) {
    ModelVersion version = LineageRoutes.model(store.get(), ctx);
    String title = version.model() + " v" + version.version();
    frame.render(
        ctx,
        "lineage",
        new LineagePage(
            frame
                .chrome(
                    ctx,
                    "Lineage of " + title,
                    "models",
                    new Crumb("Models", "/models"),
                    new Crumb(version.model(), "/models/" + version.model()),
                    Crumb.here("Lineage of v" + version.version()))
                .following("model:" + version.model()),
            "Lineage of " + title,
            "/models/%s/versions/%d".formatted(version.model(), version.version()),
            LineageView.of(LineageRoutes.ofModel(store.get(), version))));
  }

  /** {@code GET /datasets/{name}/versions/{snapshot}}. */
  public void ofDataset(Context ctx) {
    Store open = store.get();
    DatasetRow version = LineageRoutes.version(open, ctx);
    String name = version.dataset();
    long newest = open.datasets().newest(name).map(DatasetRow::snapshotId).orElse(0L);
    frame.render(
        ctx,
        "dataset_version",
        new VersionPage(
            frame
                .chrome(
                    ctx,
                    name + " " + Words.tail(version.snapshotId()),
                    "datasets",
                    new Crumb("Datasets", "/datasets"),
                    new Crumb(name, "/datasets/" + name),
                    Crumb.here("Version " + Words.tail(version.snapshotId())))
                .following("datasets"),
            name,
            Long.toString(version.snapshotId()),
            Words.counted(version.rowCount(), "row", "rows"),
            version.runId(),
            version.stage(),
            version.publishedAt(),
            newest == version.snapshotId() ? null : Long.toString(newest),
            version.columns().stream()
                .map(
                    column ->
                        new DatasetPages.DatasetPage.Column(
                            column.name(), column.type().name().toLowerCase(Locale.ROOT)))
                .toList(),
            RowTable.of("First rows", firstRows.of(name, version.snapshotId())),
            LineageView.of(LineageRoutes.ofDataset(open, version))));
  }
}
