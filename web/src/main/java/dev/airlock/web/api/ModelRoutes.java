package dev.airlock.web.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.airlock.store.Approval;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.LiveRoute;
import dev.airlock.store.ModelCommand;
import dev.airlock.store.ModelPipeline;
import dev.airlock.store.ModelSummary;
import dev.airlock.store.ModelVersion;
import dev.airlock.store.Models;
import dev.airlock.store.Ownership;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Registered models: what is live, who let it in, and the way back. */
public final class ModelRoutes {
  private static final String LIVE = "live";

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;
  private final Rollback rollback;

  public ModelRoutes(Supplier<Store> store, ArtifactStore artifacts, Rollback rollback) {
    this.store = store;
    this.artifacts = artifacts;
    this.rollback = rollback;
  }

  /**
   * A version.
   *
   * @param alias {@code live} for the one that customers meet, else null
   */
  private record Version(@JsonUnwrapped ModelVersion version, @Nullable String alias) {}

  private record Live(@JsonUnwrapped LiveRoute route, @Nullable Approval approval) {}

  private record Shown(
      @JsonUnwrapped ModelSummary summary,
      @Nullable Live live,
      List<Version> versions,
      List<ModelPipeline> pipelines) {}

  private record VersionDetail(
      @JsonUnwrapped ModelVersion version,
      @Nullable String alias,
      @JsonRawValue String evidence,
      @Nullable Approval approval) {}

  private record Back(@Nullable Integer to, @Nullable String reason) {}

  private record Allowance(
      @Nullable String pipeline, @Nullable Boolean allowed, @Nullable String reason) {}

  private record Allowed(List<ModelPipeline> pipelines) {}

  private record RolledBack(
      @JsonUnwrapped ModelCommand command, @Nullable LiveRoute live, String detail) {}

  /** {@code GET /models}. */
  public void list(Context ctx) {
    ctx.json(store.get().models().page(Limits.ofShortList(ctx), Query.text(ctx, "cursor")));
  }

  /** {@code GET /models/{name}}. */
  public void show(Context ctx) {
    ModelSummary summary = find(ctx);
    Store open = store.get();
    Live live =
        open.models()
            .live(summary.name())
            .map(route -> new Live(route, open.approvals().find(route.approvalId()).orElse(null)))
            .orElse(null);
    List<Version> versions =
        open.models().versions(summary.name()).stream()
            .map(version -> new Version(version, alias(summary, version)))
            .toList();
    ctx.json(new Shown(summary, live, versions, open.ownership().pipelines(summary.name())));
  }

  private ModelSummary find(Context ctx) {
    String name = ctx.pathParam("name");
    return store.get().models().find(name).orElseThrow(() -> unknown(name));
  }

  static UnknownEntityException unknown(String name) {
    return new UnknownEntityException("There is no model '" + name + "'.");
  }

  private static @Nullable String alias(ModelSummary summary, ModelVersion version) {
    Integer live = summary.liveVersion();
    return live != null && live == version.version() ? LIVE : null;
  }

  /** {@code GET /models/{name}/versions/{version}}. */
  public void version(Context ctx) {
    ModelSummary summary = find(ctx);
    long number = Query.number("version", ctx.pathParam("version"));
    Store open = store.get();
    ModelVersion version =
        Optional.of(number)
            .filter(wanted -> wanted == wanted.intValue())
            .flatMap(wanted -> open.models().version(summary.name(), wanted.intValue()))
            .orElseThrow(
                () ->
                    new UnknownEntityException(
                        "There is no version %d of %s.".formatted(number, summary.name())));
    ctx.json(
        new VersionDetail(
            version,
            alias(summary, version),
            new String(artifacts.get(version.evidenceDigest()), StandardCharsets.UTF_8),
            open.approvals().ofVersion(version.model(), version.version()).orElse(null)));
  }

  /** {@code GET /models/{name}/history}; with {@code at}, only the move that was in force then. */
  public void history(Context ctx) {
    String name = find(ctx).name();
    Instant at = Query.moment(ctx, "at");
    Models models = store.get().models();
    ctx.json(
        at == null
            ? models.history(name, Limits.ofShortList(ctx), Query.text(ctx, "cursor"))
            : new Page<>(models.liveAt(name, at).stream().toList(), null));
  }

  /** {@code POST /models/{name}/rollback}. */
  public void rollBack(Context ctx) {
    String name = find(ctx).name();
    Back back = Body.read(ctx, Back.class);
    ModelCommand command =
        rollback.to(
            name,
            back.to(),
            Caller.of(ctx).acting(ctx),
            back.reason() == null ? "" : back.reason().strip());
    boolean isDone = command.outcome() != null;
    ctx.status(isDone ? 200 : 202)
        .json(
            new RolledBack(
                command,
                store.get().models().live(name).orElse(null),
                isDone ? "All traffic is back." : "Recorded, taking effect."));
  }

  /** {@code POST /models/{name}/pipelines}: lets a pipeline register versions, or no more. */
  public void allow(Context ctx) {
    Allowance wish = Body.read(ctx, Allowance.class);
    List<Fault> faults = new ArrayList<>();
    String pipeline = said("pipeline", wish.pipeline(), faults);
    String reason = said("reason", wish.reason(), faults);
    if (!faults.isEmpty()) {
      throw ProblemException.badRequest("Say which pipeline, and why: see errors.", faults);
    }
    String model = ctx.pathParam("name");
    Ownership ownership = store.get().ownership();
    ownership.allow(
        model, pipeline, !Boolean.FALSE.equals(wish.allowed()), reason, Caller.of(ctx).acting(ctx));
    ctx.json(new Allowed(ownership.pipelines(model)));
  }

  private static String said(String field, @Nullable String text, List<Fault> faults) {
    if (text == null || text.isBlank()) {
      faults.add(new Fault(field, "missing"));
      return "";
    }
    return text.strip();
  }

  /** {@code GET /models/{name}/predictions}: how many and how high, by version and event day. */
  public void predictions(Context ctx) {
    ctx.json(
        Page.within(
            store.get().predictions().summary(find(ctx).name()),
            Limits.ofShortList(ctx),
            Query.text(ctx, "cursor"),
            day -> "%s %010d".formatted(day.asOf(), day.version())));
  }
}
