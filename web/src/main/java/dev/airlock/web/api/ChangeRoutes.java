package dev.airlock.web.api;

import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What versions of a pipeline changed. */
public final class ChangeRoutes {
  private final Supplier<Store> store;

  public ChangeRoutes(Supplier<Store> store) {
    this.store = store;
  }

  /** The answer; one that is nobody's version before has all its stages added. */
  record Changes(
      String pipeline,
      int from,
      int to,
      boolean sameCode,
      List<String> changes,
      List<GraphChanges.StageChange> stages) {}

  /**
   * Two versions of a pipeline, held against each other.
   *
   * @param from the one that is the base
   */
  public record Pair(PipelineVersion from, PipelineVersion to) {}

  /** {@code GET /pipelines/{name}/changes?from=1&to=2}. */
  public void show(Context ctx) {
    Pair pair = pair(store.get(), ctx);
    ctx.json(
        new Changes(
            pair.to().pipeline(),
            pair.from().version(),
            pair.to().version(),
            pair.from().codeDigest().equals(pair.to().codeDigest()),
            GraphChanges.between(pair.from().graph(), pair.to().graph()),
            GraphChanges.ofStages(pair.from().graph(), pair.to().graph())));
  }

  /**
   * The versions that the URL names: the current one where {@code to} is left out, and the one
   * before that where {@code from} is.
   *
   * @throws UnknownEntityException where there is no such pipeline, or no such version
   */
  public static Pair pair(Store store, Context ctx) {
    String name = ctx.pathParam("name");
    String to = Query.text(ctx, "to");
    PipelineVersion second =
        to == null
            ? store
                .pipelines()
                .current(name)
                .orElseThrow(
                    () -> new UnknownEntityException("There is no pipeline '" + name + "'."))
            : version(store, name, "to", to);
    return new Pair(first(store, second, Query.text(ctx, "from")), second);
  }

  private static PipelineVersion first(Store store, PipelineVersion second, @Nullable String from) {
    return from == null
        ? store
            .pipelines()
            .version(second.pipeline(), Math.max(1, second.version() - 1))
            .orElse(second)
        : version(store, second.pipeline(), "from", from);
  }

  private static PipelineVersion version(Store store, String name, String what, String text) {
    long number = Query.number(what, text);
    return store
        .pipelines()
        .version(name, (int) Math.max(-1, Math.min(number, Integer.MAX_VALUE)))
        .orElseThrow(
            () ->
                new UnknownEntityException(
                    "There is no version %d of a pipeline '%s'.".formatted(number, name)));
  }
}
