package dev.airlock.web.api;

import dev.airlock.store.DatasetRow;
import dev.airlock.store.ModelVersion;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.util.function.Supplier;

/** Where things came from and what they went into. */
public final class LineageRoutes {
  private final Supplier<Store> store;

  public LineageRoutes(Supplier<Store> store) {
    this.store = store;
  }

  /** {@code GET /runs/{id}/lineage}. */
  public void ofRun(Context ctx) {
    ctx.json(ofRun(store.get(), Query.id(ctx, "run")));
  }

  /** {@code GET /datasets/{name}/versions/{snapshot}/lineage}. */
  public void ofDataset(Context ctx) {
    ctx.json(ofDataset(store.get(), version(store.get(), ctx)));
  }

  /** {@code GET /models/{name}/versions/{version}/lineage}. */
  public void ofModel(Context ctx) {
    ctx.json(ofModel(store.get(), model(store.get(), ctx)));
  }

  /**
   * Of a run.
   *
   * @throws UnknownEntityException where there is none
   */
  public static LineageGraph ofRun(Store store, long run) {
    if (store.runs().find(run).isEmpty()) {
      throw new UnknownEntityException("There is no run " + run + ".");
    }
    return LineageGraph.of(store.lineages().around(run), LineageGraph.run(run));
  }

  /** Of a version of a dataset. */
  public static LineageGraph ofDataset(Store store, DatasetRow version) {
    return LineageGraph.of(
        store.lineages().around(version.runId()),
        LineageGraph.dataset(version.dataset(), version.snapshotId()));
  }

  /** Of a version of a model. */
  public static LineageGraph ofModel(Store store, ModelVersion version) {
    return LineageGraph.of(
        store.lineages().around(version.runId()),
        LineageGraph.model(version.model(), version.version()));
  }

  /**
   * The version of a dataset that the path names.
   *
   * @throws UnknownEntityException where there is none
   */
  public static DatasetRow version(Store store, Context ctx) {
    String name = ctx.pathParam("name");
    long snapshot = Query.number("version", ctx.pathParam("snapshot"));
    return store
        .datasets()
        .version(name, snapshot)
        .orElseThrow(
            () ->
                new UnknownEntityException(
                    "There is no version %d of a dataset '%s'.".formatted(snapshot, name)));
  }

  /**
   * The version of a model that the path names.
   *
   * @throws UnknownEntityException where there is none
   */
  public static ModelVersion model(Store store, Context ctx) {
    String name = ctx.pathParam("name");
    long version = Query.number("version", ctx.pathParam("version"));
    return store
        .models()
        .version(name, (int) Math.max(-1, Math.min(version, Integer.MAX_VALUE)))
        .orElseThrow(
            () ->
                new UnknownEntityException(
                    "There is no version %d of a model '%s'.".formatted(version, name)));
  }
}
