package dev.airlock.web.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.airlock.dsl.NextTimes;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.store.Page;
import dev.airlock.store.PipelineSummary;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Pipelines;
import dev.airlock.store.ScheduledTimes;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.store.VersionUse;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Pipelines and their versions. */
public final class PipelineRoutes {
  private static final int TIMES = 5;

  private final Supplier<Store> store;

  public PipelineRoutes(Supplier<Store> store) {
    this.store = store;
  }

  private record PipelineDetail(
      @JsonUnwrapped PipelineSummary summary,
      Graph graph,
      String graphDigest,
      String codeDigest,
      String publishedBy,
      Instant publishedAt,
      List<Instant> nextTimes,
      List<ScheduledTimes.Decided> lastTimes,
      @Nullable String ownerNote) {}

  /** A version, how many runs have it, and what it changed of the one before, in words. */
  private record VersionDetail(
      @JsonUnwrapped PipelineVersion version, long runs, long unfinished, List<String> changes) {}

  private record Change(@Nullable Boolean paused) {}

  /** {@code GET /pipelines}. */
  public void list(Context ctx) {
    ctx.json(store.get().pipelines().page(Limits.ofShortList(ctx), Query.text(ctx, "cursor")));
  }

  /** {@code GET /pipelines/{name}}. */
  public void show(Context ctx) {
    ctx.json(detail(ctx.pathParam("name")));
  }

  private PipelineDetail detail(String name) {
    Pipelines pipelines = store.get().pipelines();
    PipelineSummary summary = pipelines.find(name).orElseThrow(() -> unknown(name));
    PipelineVersion version = pipelines.current(name).orElseThrow(() -> unknown(name));
    return new PipelineDetail(
        summary,
        version.graph(),
        version.graphDigest(),
        version.codeDigest(),
        version.publishedBy(),
        version.publishedAt(),
        nextTimes(summary, version.graph(), Instant.now()),
        store.get().scheduledTimes().newest(name, TIMES),
        store.get().ownership().ownerNote(name).orElse(null));
  }

  /** The next times that its schedule starts it; none where it rests. */
  public static List<Instant> nextTimes(PipelineSummary summary, Graph graph, Instant now) {
    return graph.schedule() == null || summary.paused() || summary.unpublishedAt() != null
        ? List.of()
        : NextTimes.of(graph.schedule()).after(now, TIMES);
  }

  static UnknownEntityException unknown(String name) {
    return new UnknownEntityException("There is no pipeline '" + name + "'.");
  }

  /** {@code GET /pipelines/{name}/versions}. */
  public void versions(Context ctx) {
    String name = ctx.pathParam("name");
    Pipelines pipelines = store.get().pipelines();
    if (pipelines.find(name).isEmpty()) {
      throw unknown(name);
    }
    Page<PipelineVersion> page =
        pipelines.versions(name, Limits.ofShortList(ctx), Query.text(ctx, "cursor"));
    List<PipelineVersion> versions = page.items();
    Map<Integer, VersionUse> uses =
        store.get().pipelines().uses(name).stream()
            .collect(Collectors.toMap(VersionUse::version, Function.identity()));
    List<VersionDetail> details = new ArrayList<>();
    for (int i = 0; i < versions.size(); i++) {
      PipelineVersion version = versions.get(i);
      VersionUse use = uses.get(version.version());
      details.add(
          new VersionDetail(
              version,
              use == null ? 0 : use.runs(),
              use == null ? 0 : use.unfinished(),
              GraphChanges.of(
                  version,
                  i + 1 < versions.size() ? versions.get(i + 1) : before(pipelines, version))));
    }
    ctx.json(new Page<>(details, page.next()));
  }

  private static @Nullable PipelineVersion before(Pipelines pipelines, PipelineVersion version) {
    return pipelines.version(version.pipeline(), version.version() - 1).orElse(null);
  }

  /** {@code PATCH /pipelines/{name}}. */
  public void change(Context ctx) {
    String name = ctx.pathParam("name");
    Boolean paused = Body.read(ctx, Change.class).paused();
    if (paused == null) {
      throw ProblemException.badRequest(
          "Nothing to change: send {\"paused\": true} or {\"paused\": false}.",
          List.of(new Fault("paused", "missing; send true or false")));
    }
    if (!store.get().pipelines().setPaused(name, paused, Caller.of(ctx).acting(ctx))) {
      throw unknown(name);
    }
    ctx.json(detail(name));
  }
}
