package dev.airlock.web.api;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Histories;
import dev.airlock.store.RunHistory;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;

/** What Temporal has recorded of a closed run, kept beyond Temporal's own memory. */
public final class HistoryRoutes {
  private final Supplier<Store> store;
  private final ArtifactStore artifacts;

  public HistoryRoutes(Supplier<Store> store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
  }

  private record Kept(String state, List<RunHistory> items) {}

  /**
   * {@code GET /runs/{id}/histories}. The state is {@code pending} as long as the run has not
   * ended, and for a few seconds after; then {@code kept} or {@code forgotten}.
   */
  public void list(Context ctx) {
    long id = Query.id(ctx, "run");
    requireRun(id);
    Histories histories = store.get().histories();
    ctx.json(new Kept(histories.state(id).orElse("pending"), histories.of(id)));
  }

  /** {@code GET /runs/{id}/histories/{position}}: one of them, as Temporal writes it. */
  public void show(Context ctx) {
    long id = Query.id(ctx, "run");
    requireRun(id);
    long position = Query.number("position", ctx.pathParam("position"));
    RunHistory history =
        store.get().histories().of(id).stream()
            .filter(kept -> kept.position() == position)
            .findFirst()
            .orElseThrow(
                () ->
                    new UnknownEntityException(
                        "Run %d has no history %d.".formatted(id, position)));
    ctx.contentType("application/json; charset=utf-8")
        .result(uncompressed(artifacts.get(history.digest())));
  }

  private void requireRun(long id) {
    if (store.get().runs().find(id).isEmpty()) {
      throw RunRoutes.unknown(id);
    }
  }

  private static byte[] uncompressed(byte[] bytes) {
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return gzip.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("The history is no gzip.", e);
    }
  }
}
