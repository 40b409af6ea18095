package dev.airlock.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.RequestedRun;
import dev.airlock.store.ResumeWish;
import dev.airlock.store.Store;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Going on with runs that are over: what would come of it, and the new run. */
public final class ResumeRoutes {
  private final Supplier<Store> store;
  private final ArtifactStore artifacts;

  public ResumeRoutes(Supplier<Store> store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
  }

  /** The body; {@code from} is a stage's name or a list of them. */
  private record Wish(
      @Nullable JsonNode from,
      @Nullable String code,
      @Nullable Map<String, JsonNode> params,
      @Nullable String note,
      @Nullable String idempotencyKey) {}

  /** {@code POST /runs/{id}/resume/plan}. */
  public void plan(Context ctx) {
    ctx.json(store.get().resumes(artifacts).plan(wish(ctx)));
  }

  /** {@code POST /runs/{id}/resume}; with {@code dryRun=true} only the plan. */
  public void resume(Context ctx) {
    if ("true".equals(Query.text(ctx, "dryRun"))) {
      plan(ctx);
      return;
    }
    ResumeWish wish = wish(ctx);
    RequestedRun run = store.get().resumes(artifacts).resume(wish);
    ctx.status(201)
        .header("Location", "/api/v1/runs/" + run.id())
        .json(Map.of("id", run.id(), "isNew", run.isNew(), "parent", wish.runId()));
  }

  private static ResumeWish wish(Context ctx) {
    Wish wish =
        ctx.bodyAsBytes().length == 0
            ? new Wish(null, null, null, null, null)
            : Body.read(ctx, Wish.class);
    return new ResumeWish(
        Query.id(ctx, "run"),
        from(wish.from()),
        code(wish.code()),
        RunRoutes.texts(wish.params()),
        Caller.of(ctx).acting(ctx),
        wish.note() == null ? "" : wish.note(),
        wish.idempotencyKey());
  }

  private static List<String> from(@Nullable JsonNode from) {
    if (from == null || from.isNull()) {
      return List.of();
    }
    if (from.isTextual()) {
      return List.of(from.textValue());
    }
    List<String> stages = new ArrayList<>();
    if (from.isArray()) {
      from.forEach(stage -> stages.add(stage.isTextual() ? stage.textValue() : ""));
    }
    if (!from.isArray() || stages.contains("")) {
      throw ProblemException.badRequest(
          "from is %s, expected a stage's name or a list of them.".formatted(from),
          List.of(new Fault("from", "expected a stage's name or a list of them")));
    }
    return stages;
  }

  /** The code of this word; the same where nothing was said. */
  public static ResumeWish.Code code(@Nullable String word) {
    return word == null
        ? ResumeWish.Code.SAME
        : ResumeWish.Code.of(word)
            .orElseThrow(
                () ->
                    ProblemException.badRequest(
                        "code is '%s', expected 'same' or 'latest'.".formatted(word),
                        List.of(new Fault("code", "expected 'same' or 'latest'"))));
  }
}
