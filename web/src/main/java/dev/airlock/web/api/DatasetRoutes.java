package dev.airlock.web.api;

import dev.airlock.store.DatasetRow;
import dev.airlock.store.Datasets;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.workflows.RowSample;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Datasets that have been published. */
public final class DatasetRoutes {
  private static final int FEWEST = 1;
  private static final int MOST = 100;
  private static final int USUAL = 20;

  private final Supplier<Store> store;
  private final FirstRows firstRows;

  public DatasetRoutes(Supplier<Store> store, FirstRows firstRows) {
    this.store = store;
    this.firstRows = firstRows;
  }

  /** {@code GET /datasets}. */
  public void list(Context ctx) {
    ctx.json(store.get().datasets().page(Limits.ofShortList(ctx), Query.text(ctx, "cursor")));
  }

  /** {@code GET /datasets/{name}/versions}. */
  public void versions(Context ctx) {
    String name = ctx.pathParam("name");
    Datasets datasets = store.get().datasets();
    if (datasets.newest(name).isEmpty()) {
      throw new UnknownEntityException("There is no dataset '" + name + "'.");
    }
    ctx.json(datasets.versions(name, Limits.ofShortList(ctx), Query.text(ctx, "cursor")));
  }

  /**
   * {@code GET /datasets/{name}/rows?limit=20&version=}, the newest version unless one is named.
   */
  public void rows(Context ctx) throws InterruptedException {
    String name = ctx.pathParam("name");
    String wanted = Query.text(ctx, "limit");
    long limit = wanted == null ? USUAL : Query.number("limit", wanted);
    if (limit < FEWEST || limit > MOST) {
      throw ProblemException.badRequest(
          "limit is %d, expected %d to %d: only the first rows are kept to look at."
              .formatted(limit, FEWEST, MOST));
    }
    DatasetRow version = version(name, Query.text(ctx, "version"));
    FirstRows.Found found = firstRows.await(name, version.snapshotId());
    RowSample rows = found.rows();
    if (rows != null) {
      ctx.json(rows.first((int) limit));
    } else if (found.problem() != null) {
      throw ProblemException.conflict(
          "The rows of %s can't be read: %s".formatted(name, found.problem()));
    } else {
      throw ProblemException.unavailable(
          "No worker has read the rows of %s yet. Ask again when one is up.".formatted(name));
    }
  }

  private DatasetRow version(String name, @Nullable String snapshot) {
    List<DatasetRow> versions = store.get().datasets().versions(name);
    if (versions.isEmpty()) {
      throw new UnknownEntityException("There is no dataset '" + name + "'.");
    }
    if (snapshot == null) {
      return versions.get(0);
    }
    long id = Query.number("version", snapshot);
    return versions.stream()
        .filter(version -> version.snapshotId() == id)
        .findFirst()
        .orElseThrow(
            () ->
                new UnknownEntityException(
                    "%s has no version %d. Its versions are listed under /datasets/%s/versions."
                        .formatted(name, id, name)));
  }
}
