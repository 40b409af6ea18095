package dev.airlock.web.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.DryRun;
import dev.airlock.store.Acting;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.CalledRun;
import dev.airlock.store.CallingStage;
import dev.airlock.store.CheckedRun;
import dev.airlock.store.NewRun;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Pipelines;
import dev.airlock.store.RequestedRun;
import dev.airlock.store.Run;
import dev.airlock.store.RunDetail;
import dev.airlock.store.RunStage;
import dev.airlock.store.Runs;
import dev.airlock.store.StageAttempt;
import dev.airlock.store.StageReuse;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.workflows.RunState;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs: start, watch, cancel. */
public final class RunRoutes {

  /** How many bytes of documents an answer about a run holds at most; the rest is asked for. */
  private static final long MOST_DOCUMENTS = 1_000_000;

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;
  private final TaskResults results;

  public RunRoutes(Supplier<Store> store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
    this.results = new TaskResults(artifacts);
  }

  private record Wish(
      @Nullable Map<String, JsonNode> params,
      @Nullable String logicalDate,
      @Nullable String note,
      @Nullable List<String> tags,
      @Nullable String idempotencyKey) {}

  /**
   * A stage, and whose result it took or why it ran, where that was looked into; of a task of one's
   * own, the result as JSON. Of long ones, {@link #MOST_DOCUMENTS} in all are told here.
   */
  private record StageDetail(
      @JsonUnwrapped RunStage stage,
      List<StageAttempt> attempts,
      List<StageReuse> reuse,
      @JsonRawValue @Nullable String result) {}

  /** What a run is pinned to; newest is the version that is current. */
  private record Code(
      int version,
      String graphDigest,
      String codeDigest,
      @Nullable String fileName,
      String publishedBy,
      Instant publishedAt,
      int newest) {}

  /** A run; {@code queuedBecause} says why it has not started, null where nothing holds it. */
  private record Shown(
      @JsonUnwrapped Run run,
      @Nullable String queuedBecause,
      List<StageDetail> stages,
      List<Long> children,
      @Nullable CallingStage calledBy,
      List<CalledRun> called,
      Code code) {}

  /** {@code POST /pipelines/{name}/runs}. */
  public void create(Context ctx) {
    String pipeline = ctx.pathParam("name");
    Wish wish = Body.read(ctx, Wish.class);
    Acting caller = Caller.of(ctx).acting(ctx);
    Texts params = read(wish.params());
    RunWish asked =
        new RunWish(
            pipeline,
            params.values(),
            wish.logicalDate(),
            wish.note(),
            wish.tags() == null ? List.of() : wish.tags(),
            wish.idempotencyKey());
    if (!params.faults().isEmpty()) {
      List<Fault> faults = new ArrayList<>(params.faults());
      asked.faults(store.get().runs()).stream()
          .filter(fault -> params.faults().stream().noneMatch(f -> f.at().equals(fault.at())))
          .forEach(faults::add);
      throw RunWish.refused(faults);
    }
    RequestedRun run = asked.request(store.get().runs(), caller);
    ctx.status(201)
        .header("Location", "/api/v1/runs/" + run.id())
        .json(Map.of("id", run.id(), "isNew", run.isNew()));
  }

  private static NewRun wish(Context ctx) {
    Wish wish = Body.read(ctx, Wish.class);
    Acting caller = Caller.of(ctx).acting(ctx);
    return new NewRun(
        ctx.pathParam("name"),
        texts(wish.params()),
        wish.logicalDate() == null ? null : Query.eventTime("logicalDate", wish.logicalDate()),
        caller,
        "engineer",
        wish.note() == null ? "" : wish.note(),
        wish.idempotencyKey());
  }

  private record Rehearsed(
      String pipeline, int version, Map<String, String> params, List<DryRun.Step> steps) {}

  /** {@code POST /pipelines/{name}/dry-run}: what such a run would do; nothing is started. */
  public void dryRun(Context ctx) {
    CheckedRun checked = store.get().runs().check(wish(ctx));
    PipelineVersion version = checked.version();
    ctx.json(
        new Rehearsed(
            version.pipeline(),
            version.version(),
            checked.params(),
            DryRun.of(version.graph(), checked.params()).steps()));
  }

  /**
   * Params as text.
   *
   * @throws ProblemException 400 with all that are none
   */
  static Map<String, String> texts(@Nullable Map<String, JsonNode> params) {
    Texts texts = read(params);
    if (!texts.faults().isEmpty()) {
      throw ProblemException.badRequest(texts.faults().get(0).detail(), texts.faults());
    }
    return texts.values();
  }

  /** Params as text, and those that are none. */
  private record Texts(Map<String, String> values, List<Fault> faults) {}

  /** Params are text in the graph; JSON's numbers and truths are taken as they are written. */
  private static Texts read(@Nullable Map<String, JsonNode> params) {
    Map<String, String> texts = new HashMap<>();
    List<Fault> faults = new ArrayList<>();
    if (params != null) {
      params.forEach(
          (name, value) -> {
            if (value == null || !value.isValueNode() || value.isNull()) {
              faults.add(
                  new Fault(
                      "params." + name,
                      "Param '%s' is %s, expected text, a number, true or false."
                          .formatted(name, value)));
            } else {
              texts.put(name, value.asText());
            }
          });
    }
    return new Texts(texts, faults);
  }

  /** {@code GET /runs}. */
  public void list(Context ctx) {
    ctx.json(
        store
            .get()
            .runs()
            .list(
                Query.text(ctx, "pipeline"),
                state(Query.text(ctx, "state")),
                Query.text(ctx, "tag"),
                Limits.of(ctx),
                Query.text(ctx, "cursor")));
  }

  private static @Nullable RunState state(@Nullable String word) {
    if (word == null) {
      return null;
    }
    return Arrays.stream(RunState.values())
        .filter(state -> state.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.badRequest(
                    "state is '%s', expected one of %s."
                        .formatted(
                            word,
                            Arrays.stream(RunState.values())
                                .map(RunState::word)
                                .collect(Collectors.joining(", ")))));
  }

  /** {@code GET /runs/{id}}. */
  public void show(Context ctx) {
    long id = Query.id(ctx, "run");
    RunDetail detail = store.get().runs().detail(id).orElseThrow(() -> unknown(id));
    Map<String, List<StageAttempt>> attempts =
        detail.attempts().stream().collect(Collectors.groupingBy(StageAttempt::stage));
    Runs runs = store.get().runs();
    Map<String, List<StageReuse>> reuses =
        runs.reuses(id).stream().collect(Collectors.groupingBy(StageReuse::stage));
    Map<String, String> given = results(detail.stages());
    List<StageDetail> stages =
        detail.stages().stream()
            .map(
                stage ->
                    new StageDetail(
                        stage,
                        attempts.getOrDefault(stage.name(), List.of()),
                        reuses.getOrDefault(stage.name(), List.of()),
                        given.get(stage.name())))
            .toList();
    String queuedBecause =
        detail.run().state() == RunState.QUEUED ? runs.whyQueued(detail.run()).orElse(null) : null;
    ctx.json(
        new Shown(
            detail.run(),
            queuedBecause,
            stages,
            runs.children(id).stream().map(Run::id).toList(),
            runs.caller(id).orElse(null),
            runs.calledBy(id),
            code(detail.run())));
  }

  private Map<String, String> results(List<RunStage> stages) {
    Map<String, String> given = new HashMap<>();
    long left = MOST_DOCUMENTS;
    for (RunStage stage : stages) {
      long bytes = TaskResults.toRead(stage.output());
      if (bytes <= left) {
        left -= bytes;
        results.find(stage.output()).ifPresent(json -> given.put(stage.name(), json));
      }
    }
    return given;
  }

  /** {@code GET /runs/{id}/stages/{stage}/result}: what a task of one's own gave, however long. */
  public void result(Context ctx) {
    long id = Query.id(ctx, "run");
    String stage = ctx.pathParam("stage");
    String json =
        store.get().runs().stages(id).stream()
            .filter(known -> known.name().equals(stage))
            .findFirst()
            .flatMap(known -> results.require(known.output()))
            .orElseThrow(
                () ->
                    new UnknownEntityException(
                        "Run %d has no result of a task '%s'.".formatted(id, stage)));
    ctx.contentType("application/json; charset=utf-8").result(json);
  }

  private Code code(Run run) {
    Pipelines pipelines = store.get().pipelines();
    PipelineVersion version = pipelines.version(run.pipeline(), run.version()).orElseThrow();
    return new Code(
        version.version(),
        version.graphDigest(),
        version.codeDigest(),
        version.fileName(),
        version.publishedBy(),
        version.publishedAt(),
        pipelines.current(run.pipeline()).map(PipelineVersion::version).orElse(run.version()));
  }

  static UnknownEntityException unknown(long id) {
    return new UnknownEntityException("There is no run " + id + ".");
  }

  /** {@code POST /runs/{id}/cancel}. */
  public void cancel(Context ctx) {
    long id = Query.id(ctx, "run");
    if (!store.get().runs().cancel(id, Caller.of(ctx).acting(ctx))) {
      throw ProblemException.conflict("Run " + id + " has ended already.");
    }
    ctx.status(202).json(Map.of("id", id, "detail", "Recorded, taking effect."));
  }

  /**
   * {@code GET /runs/{id}/stages/{stage}/event-log}, of the newest attempt unless {@code attempt}
   * says: in the format of Spark's own event logs.
   */
  public void eventLog(Context ctx) {
    long id = Query.id(ctx, "run");
    String stage = ctx.pathParam("stage");
    String wanted = Query.text(ctx, "attempt");
    long number = wanted == null ? -1 : Query.number("attempt", wanted);
    StageAttempt attempt =
        store.get().runs().attempts(id).stream()
            .filter(each -> each.stage().equals(stage) && each.eventLogDigest() != null)
            .filter(each -> number < 0 || each.attempt() == number)
            .reduce((earlier, later) -> later)
            .orElseThrow(
                () ->
                    new UnknownEntityException(
                        "Run %d has no Spark event log of '%s'.".formatted(id, stage)));
    ctx.contentType("application/zstd")
        .header(
            "Content-Disposition",
            "attachment; filename=\"run-%d-%s-%d.zstd\"".formatted(id, stage, attempt.attempt()))
        .result(artifacts.get(String.valueOf(attempt.eventLogDigest())));
  }
}
