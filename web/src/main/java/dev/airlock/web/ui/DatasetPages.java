package dev.airlock.web.ui;

import dev.airlock.store.DatasetRow;
import dev.airlock.store.DatasetSummary;
import dev.airlock.store.Datasets;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.FirstRows;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The list of datasets, and the versions of one. */
public final class DatasetPages {
  private static final int PER_PAGE = 50;

  private final Supplier<Store> store;
  private final FirstRows firstRows;
  private final Frame frame;

  public DatasetPages(Supplier<Store> store, FirstRows firstRows, Frame frame) {
    this.store = store;
    this.firstRows = firstRows;
    this.frame = frame;
  }

  /** The list. */
  public record DatasetsPage(Chrome chrome, List<Row> rows, @Nullable String moreLink) {
    /** A dataset. */
    public record Row(
        String name, String rows, int versions, String snapshot, String ago, Instant at) {}
  }

  /** One dataset. */
  public record DatasetPage(
      Chrome chrome,
      String name,
      List<Version> versions,
      @Nullable String moreLink,
      List<Column> columns,
      RowTable rows) {
    /** A published version. */
    public record Version(
        String snapshot, String rows, String change, long run, String stage, Instant at) {}

    /** A column of the newest version. */
    public record Column(String name, String type) {}
  }

  /** {@code GET /datasets}. */
  public void list(Context ctx) {
    Instant now = Instant.now();
    Page<DatasetSummary> page = store.get().datasets().page(PER_PAGE, Query.text(ctx, "cursor"));
    List<DatasetsPage.Row> rows =
        page.items().stream()
            .map(
                dataset ->
                    new DatasetsPage.Row(
                        dataset.name(),
                        Words.count(dataset.rowCount()),
                        dataset.versions(),
                        Words.tail(dataset.snapshotId()),
                        Words.ago(dataset.publishedAt(), now),
                        dataset.publishedAt()))
            .toList();
    frame.render(
        ctx,
        "datasets",
        new DatasetsPage(
            frame.chrome(ctx, "Datasets", "datasets", Crumb.here("Datasets")).following("datasets"),
            rows,
            page.next() == null ? null : "/datasets?cursor=" + page.next()));
  }

  /** {@code GET /datasets/{name}}. */
  public void show(Context ctx) {
    String name = ctx.pathParam("name");
    Datasets datasets = store.get().datasets();
    DatasetRow newest =
        datasets
            .newest(name)
            .orElseThrow(() -> new UnknownEntityException("There is no dataset '" + name + "'."));
    Page<DatasetRow> page = datasets.versions(name, PER_PAGE, Query.text(ctx, "cursor"));
    List<DatasetRow> versions = new ArrayList<>(page.items());
    if (page.next() != null) {
      // The one after the page, for what changed since it.
      versions.addAll(datasets.versions(name, 1, page.next()).items());
    }
    List<DatasetPage.Version> rows = new ArrayList<>();
    for (int i = 0; i < page.items().size(); i++) {
      rows.add(
          version(versions.get(i), i + 1 < versions.size() ? versions.get(i + 1).rowCount() : -1));
    }
    frame.render(
        ctx,
        "dataset",
        new DatasetPage(
            frame
                .chrome(ctx, name, "datasets", new Crumb("Datasets", "/datasets"), Crumb.here(name))
                .following("datasets"),
            name,
            rows,
            page.next() == null ? null : "/datasets/%s?cursor=%s".formatted(name, page.next()),
            newest.columns().stream()
                .map(
                    column ->
                        new DatasetPage.Column(
                            column.name(), column.type().name().toLowerCase(Locale.ROOT)))
                .toList(),
            RowTable.of("First rows", firstRows.of(name, newest.snapshotId()))));
  }

  private static DatasetPage.Version version(DatasetRow row, long rowsBefore) {
    long change = row.rowCount() - rowsBefore;
    return new DatasetPage.Version(
        Long.toString(row.snapshotId()),
        Words.count(row.rowCount()),
        rowsBefore < 0 ? "first" : (change > 0 ? "+" : "") + Words.count(change),
        row.runId(),
        row.stage(),
        row.publishedAt());
  }
}
