package dev.airlock.web.ui;

import dev.airlock.store.AliasMove;
import dev.airlock.store.Approval;
import dev.airlock.store.ForbiddenException;
import dev.airlock.store.LiveRoute;
import dev.airlock.store.ModelCommand;
import dev.airlock.store.ModelSummary;
import dev.airlock.store.ModelVersion;
import dev.airlock.store.Page;
import dev.airlock.store.PredictionSummary;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.Rollback;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Registered models: what is live, who let it in, and the way back. */
public final class ModelPages {
  private static final int PER_PAGE = 50;
  private static final List<String> SHOWN_METRICS =
      List.of("auc", "pr_auc", "log_loss", "brier", "rmse", "mae");
  private static final int MOST_PREDICTION_ROWS = 12;
  private static final int MOST_ROLLOUTS = 5;

  private final Supplier<Store> store;
  private final Rollback rollback;
  private final Frame frame;

  public ModelPages(Supplier<Store> store, Rollback rollback, Frame frame) {
    this.store = store;
    this.rollback = rollback;
    this.frame = frame;
  }

  /** The list. */
  public record ModelsPage(Chrome chrome, List<Row> rows, @Nullable String moreLink) {
    /** A model; {@code live} is empty where nothing is. */
    public record Row(
        String name, String live, Timed since, String letInBy, int latest, String figures) {}
  }

  /**
   * One model.
   *
   * @param to the version to go back to, kept where that was refused
   * @param reason why to go back, kept where that was refused
   * @param problem why it was refused, or null
   */
  public record ModelPage(
      Chrome chrome,
      String name,
      @Nullable Live live,
      List<String> metrics,
      List<Version> versions,
      @Nullable String moreVersions,
      List<Move> moves,
      @Nullable String moreMoves,
      List<Day> days,
      List<Integer> waysBack,
      boolean mayRollBack,
      @Nullable Condition condition,
      List<RolloutPages.Row> rollouts,
      RolloutPages.@Nullable Row underWay,
      Owning owning,
      String to,
      String reason,
      @Nullable String problem) {

    /**
     * Which pipelines may register versions.
     *
     * @param mayAllow whether the viewer says which
     * @param typed the pipeline that was typed, kept where it was refused
     * @param problem why that was refused, or null
     */
    public record Owning(
        List<Registering> pipelines,
        boolean mayAllow,
        String typed,
        String reason,
        @Nullable String problem) {}

    /** One of them. */
    public record Registering(
        String pipeline, String owner, String by, String because, Instant at) {}

    /** How the live version does, in a line. */
    public record Condition(String word, String tone, String line) {}

    /** What customers meet. */
    public record Live(
        int version,
        String since,
        Instant at,
        long approval,
        List<Votes.Vote> votes,
        String artifact,
        long epoch,
        String gateway) {}

    /** A version, with its figures in the order of the page's metrics. */
    public record Version(
        int version,
        String state,
        List<String> figures,
        String trainedOn,
        String judgedOn,
        long run,
        @Nullable Long approval) {}

    /** A move of traffic. */
    public record Move(
        Instant at,
        String ago,
        int version,
        String kind,
        String by,
        String reason,
        long approval) {}

    /** Predictions of one version for one day of events. */
    public record Day(String day, int version, String count, String mean) {}
  }

  /** {@code GET /models}. */
  public void list(Context ctx) {
    Instant now = Instant.now();
    Page<ModelSummary> page = store.get().models().page(PER_PAGE, Query.text(ctx, "cursor"));
    frame.render(
        ctx,
        "models",
        new ModelsPage(
            frame
                .chrome(ctx, "Models", "models", Crumb.here("Models"))
                .following("models", "rollouts"),
            rows(page.items(), now),
            page.next() == null ? null : "/models?cursor=" + page.next()));
  }

  private List<ModelsPage.Row> rows(List<ModelSummary> models, Instant now) {
    Store open = store.get();
    List<String> names = models.stream().map(ModelSummary::name).toList();
    Map<String, ModelVersion> shown =
        open.models().shown(names).stream()
            .collect(Collectors.toMap(ModelVersion::model, Function.identity()));
    Map<String, LiveRoute> live =
        open.models().live(names).stream()
            .collect(Collectors.toMap(LiveRoute::model, Function.identity()));
    Map<Long, List<String>> approvers = Votes.approvers(open.approvals(), live.values());
    return models.stream()
        .map(model -> row(model, shown.get(model.name()), live.get(model.name()), approvers, now))
        .toList();
  }

  private static ModelsPage.Row row(
      ModelSummary model,
      @Nullable ModelVersion shown,
      @Nullable LiveRoute live,
      Map<Long, List<String>> approvers,
      Instant now) {
    return new ModelsPage.Row(
        model.name(),
        live == null ? "" : "v" + live.version(),
        live == null ? Timed.NOTHING : Timed.ago("", live.since(), now, ""),
        live == null ? "" : String.join(", ", approvers.getOrDefault(live.approvalId(), List.of())),
        model.latestVersion(),
        shown == null ? "" : Outputs.headline(shown.judgement()));
  }

  /** {@code GET /models/{name}}. */
  public void show(Context ctx) {
    show(ctx, null, null);
  }

  private void show(Context ctx, @Nullable String problem, @Nullable String allowing) {
    String name = ctx.pathParam("name");
    Store open = store.get();
    if (open.models().find(name).isEmpty()) {
      throw new UnknownEntityException("There is no model '" + name + "'.");
    }
    Instant now = Instant.now();
    LiveRoute live = open.models().live(name).orElse(null);
    Page<ModelVersion> page = open.models().versions(name, PER_PAGE, Query.text(ctx, "cursor"));
    List<ModelVersion> versions = page.items();
    Page<AliasMove> moves = open.models().history(name, PER_PAGE, Query.text(ctx, "moves"));
    Set<Integer> everLive = open.models().everLive(name);
    Set<Integer> waysBack = open.models().waysBack(name);
    Map<Integer, Approval> approvals =
        open
            .approvals()
            .ofVersions(name, versions.stream().map(ModelVersion::version).toList())
            .stream()
            .collect(Collectors.toMap(Approval::version, Function.identity()));
    List<String> metrics = metrics(versions);
    List<RolloutPages.Row> rollouts =
        open.rollouts().listBefore(name, null, Long.MAX_VALUE, MOST_ROLLOUTS).stream()
            .map(rollout -> RolloutPages.Row.of(rollout, now))
            .toList();
    frame.render(
        ctx,
        "model",
        new ModelPage(
            frame
                .chrome(ctx, name, "models", new Crumb("Models", "/models"), Crumb.here(name))
                .following("model:" + name, "rollouts", "approvals"),
            name,
            live == null ? null : live(open, live, now),
            metrics.stream().map(Words::metric).toList(),
            versions.stream()
                .map(
                    version ->
                        version(version, live, everLive, metrics, approvals.get(version.version())))
                .toList(),
            page.next() == null ? null : "/models/%s?cursor=%s".formatted(name, page.next()),
            moves.items().stream().map(move -> move(move, now)).toList(),
            moves.next() == null ? null : "/models/%s?moves=%s".formatted(name, moves.next()),
            days(open.predictions().newest(name, MOST_PREDICTION_ROWS)),
            waysBack.stream()
                .filter(version -> live != null && version != live.version())
                .sorted((a, b) -> b - a)
                .toList(),
            Caller.of(ctx).may(Permission.ROLL_BACK),
            live == null ? null : health(open, live),
            rollouts,
            open.rollouts()
                .active(name)
                .map(rollout -> RolloutPages.Row.of(rollout, now))
                .orElse(null),
            owning(ctx, open, name, allowing),
            typed(ctx, "to"),
            typed(ctx, "reason"),
            problem));
  }

  private static ModelPage.Owning owning(
      Context ctx, Store open, String model, @Nullable String problem) {
    Caller caller = Caller.of(ctx);
    return new ModelPage.Owning(
        open.ownership().pipelines(model).stream()
            .map(
                allowed ->
                    new ModelPage.Registering(
                        allowed.pipeline(),
                        allowed.owner(),
                        allowed.allowedBy(),
                        allowed.because(),
                        allowed.allowedAt()))
            .toList(),
        caller.may(Permission.ALLOW_PIPELINE) && open.ownership().mayAllow(caller.name(), model),
        problem == null ? "" : typed(ctx, "pipeline"),
        problem == null ? "" : typed(ctx, "why"),
        problem);
  }

  private static String typed(Context ctx, String field) {
    String text = ctx.formParam(field);
    return text == null ? "" : text.strip();
  }

  private static ModelPage.Condition health(Store store, LiveRoute live) {
    Health health = Watches.of(store, List.of(live)).of(live.model());
    return new ModelPage.Condition(health.word(), health.tone(), health.head());
  }

  private static List<String> metrics(List<ModelVersion> versions) {
    return SHOWN_METRICS.stream()
        .filter(
            metric ->
                versions.stream()
                    .anyMatch(version -> version.judgement().metrics().containsKey(metric)))
        .toList();
  }

  private static ModelPage.Live live(Store store, LiveRoute live, Instant now) {
    List<Long> standing = store.approvals().standingVotes(live.approvalId());
    return new ModelPage.Live(
        live.version(),
        Words.ago(live.since(), now),
        live.since(),
        live.approvalId(),
        store.approvals().decisions(live.approvalId()).stream()
            .filter(vote -> standing.contains(vote.id()))
            .map(vote -> Votes.say(vote, Map.of(), null, now))
            .toList(),
        Words.digest(live.artifactDigest()),
        live.epoch(),
        "POST /v2/models/" + live.model() + "/infer");
  }

  private static ModelPage.Version version(
      ModelVersion version,
      @Nullable LiveRoute live,
      Set<Integer> everLive,
      List<String> metrics,
      @Nullable Approval approval) {
    Map<String, Double> figures = version.judgement().metrics();
    return new ModelPage.Version(
        version.version(),
        state(
            live != null && live.version() == version.version(),
            everLive.contains(version.version()),
            approval),
        metrics.stream()
            .map(metric -> figures.containsKey(metric) ? Words.figure(figures.get(metric)) : "–")
            .toList(),
        version.judgement().chosen().trainedOn().stream()
            .map(Object::toString)
            .collect(Collectors.joining(", ")),
        version.judgement().judgedOn().toString(),
        version.runId(),
        approval == null ? null : approval.id());
  }

  /** How a version stands, in a word or two. */
  static String state(boolean isLive, boolean wasLive, @Nullable Approval approval) {
    if (isLive) {
      return "live";
    }
    if (wasLive) {
      return approval != null && approval.revokedAt() != null ? "was live, revoked" : "was live";
    }
    return approval == null ? "never asked" : ApprovalPages.standing(approval);
  }

  private static ModelPage.Move move(AliasMove move, Instant now) {
    return new ModelPage.Move(
        move.at(),
        Words.ago(move.at(), now),
        move.version(),
        move.kind().equals("rollback") ? "rolled back to" : "went live",
        move.movedBy(),
        move.reason(),
        move.approvalId());
  }

  private static List<ModelPage.Day> days(List<PredictionSummary> summaries) {
    return summaries.stream()
        .map(
            summary ->
                new ModelPage.Day(
                    summary.asOf().toString(),
                    summary.version(),
                    Words.count(summary.count()),
                    Words.figure(summary.meanScore())))
        .toList();
  }

  /** {@code POST /models/{name}/rollback}, from a form. */
  public void rollBack(Context ctx) {
    String name = ctx.pathParam("name");
    String reason = ctx.formParam("reason");
    String to = ctx.formParam("to");
    if (reason == null || reason.isBlank() || to == null) {
      show(ctx.status(HttpStatus.BAD_REQUEST), "Say why, for those who ask later.", null);
      return;
    }
    try {
      ModelCommand command =
          rollback.to(name, Query.count("to", to), Caller.of(ctx).acting(ctx), reason.strip());
      ctx.redirect(
          "/models/%s?done=%s".formatted(name, command.outcome() == null ? "going-back" : "back"),
          HttpStatus.SEE_OTHER);
    } catch (ProblemException e) {
      show(ctx.status(e.problem().status()), e.problem().detail(), null);
    }
  }

  /** {@code POST /models/{name}/pipelines}, from a form. */
  public void allow(Context ctx) {
    String name = ctx.pathParam("name");
    String pipeline = typed(ctx, "pipeline");
    String reason = typed(ctx, "why");
    if (pipeline.isEmpty() || reason.isEmpty()) {
      show(ctx.status(HttpStatus.BAD_REQUEST), null, "Name the pipeline, and say why.");
      return;
    }
    boolean isAllowed = !"false".equals(ctx.formParam("allowed"));
    try {
      store.get().ownership().allow(name, pipeline, isAllowed, reason, Caller.of(ctx).acting(ctx));
      ctx.redirect("/models/" + name, HttpStatus.SEE_OTHER);
    } catch (ForbiddenException e) {
      show(ctx.status(HttpStatus.FORBIDDEN), null, e.getMessage());
    } catch (UnknownEntityException e) {
      show(ctx.status(HttpStatus.NOT_FOUND), null, e.getMessage());
    }
  }
}
