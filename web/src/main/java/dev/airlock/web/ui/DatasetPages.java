package dev.airlock.web.ui;

import dev.airlock.store.DatasetRow;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.FirstRows;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The list of datasets, and the versions of one. */
public final class DatasetPages {
  private final Supplier<Store> store;
  private final FirstRows firstRows;
  private final Frame frame;

  public DatasetPages(Supplier<Store> store, FirstRows firstRows, Frame frame) {
    this.store = store;
    this.firstRows = firstRows;
    this.frame = frame;
  }

  /** The list. */
  public record DatasetsPage(Chrome chrome, List<Row> rows) {
    /** A dataset. */
    public record Row(
        String name, String rows, int versions, String snapshot, String ago, Instant at) {}
  }

  /** One dataset. */
  public record DatasetPage(
      Chrome chrome, String name, List<Version> versions, List<Column> columns, RowTable rows) {
    /** A published version. */
    public record Version(
        String snapshot, String rows, String change, long run, String stage, Instant at) {}

    /** A column of the newest version. */
    public record Column(String name, String type) {}
  }

  /** {@code GET /datasets}. */
  public void list(Context ctx) {
    Instant now = Instant.now();
    List<DatasetsPage.Row> rows =
        store.get().datasets().list().stream()
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
            rows));
  }

  /** {@code GET /datasets/{name}}. */
  public void show(Context ctx) {
    String name = ctx.pathParam("name");
    List<DatasetRow> versions = store.get().datasets().versions(name);
    if (versions.isEmpty()) {
      throw new UnknownEntityException("There is no dataset '" + name + "'.");
    }
    List<DatasetPage.Version> rows = new ArrayList<>();
    for (int i = 0; i < versions.size(); i++) {
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
            versions.get(0).columns().stream()
                .map(
                    column ->
                        new DatasetPage.Column(
                            column.name(), column.type().name().toLowerCase(Locale.ROOT)))
                .toList(),
            RowTable.of("First rows", firstRows.of(name, versions.get(0).snapshotId()))));
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
