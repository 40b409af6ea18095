package dev.airlock.web.api;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.workflows.StageState;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The items of maps. */
public final class ItemRoutes {

  /** What an item can be. */
  public static final List<StageState> STATES =
      List.of(
          StageState.PENDING,
          StageState.RUNNING,
          StageState.SUCCEEDED,
          StageState.FAILED,
          StageState.CANCELLED);

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;

  public ItemRoutes(Supplier<Store> store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
  }

  /** {@code GET /runs/{id}/stages/{stage}/items}. */
  public void list(Context ctx) {
    long id = Query.id(ctx, "run");
    String stage = ctx.pathParam("stage");
    requireMap(store.get(), id, stage);
    ctx.json(
        store
            .get()
            .items()
            .list(
                id,
                stage,
                state(Query.text(ctx, "state")),
                Limits.of(ctx),
                Query.text(ctx, "cursor")));
  }

  /** {@code GET /runs/{id}/stages/{stage}/items/{index}/result}. */
  public void result(Context ctx) {
    long id = Query.id(ctx, "run");
    String stage = ctx.pathParam("stage");
    long index = Query.number("index", ctx.pathParam("index"));
    requireMap(store.get(), id, stage);
    String json =
        store.get().items().listAfter(id, stage, null, index - 1, 1).stream()
            .filter(item -> item.index() == index)
            .findFirst()
            .map(item -> item.resultDigest() == null ? item.result() : text(item.resultDigest()))
            .orElseThrow(
                () ->
                    new UnknownEntityException(
                        "Item %d of '%s' in run %d has no result.".formatted(index, stage, id)));
    ctx.contentType("application/json; charset=utf-8").result(json);
  }

  private String text(String digest) {
    return new String(artifacts.get(digest), java.nio.charset.StandardCharsets.UTF_8);
  }

  /**
   * Makes sure that the run has such a map.
   *
   * @throws UnknownEntityException where it has not
   */
  public static void requireMap(Store store, long run, String stage) {
    if (store.runs().stages(run).stream()
        .noneMatch(known -> known.name().equals(stage) && known.kind().equals("map"))) {
      throw new UnknownEntityException("Run %d has no map '%s'.".formatted(run, stage));
    }
  }

  /** The state of this name; null for null. */
  public static @Nullable StageState state(@Nullable String word) {
    if (word == null) {
      return null;
    }
    return STATES.stream()
        .filter(state -> state.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.badRequest(
                    "state is '%s', expected one of %s."
                        .formatted(
                            word,
                            STATES.stream()
                                .map(StageState::word)
                                .collect(Collectors.joining(", ")))));
  }
}
