package dev.airlock.web.ui;

import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.InvalidParamsException;
import dev.airlock.store.NotResumableException;
import dev.airlock.store.Pipelines;
import dev.airlock.store.RequestedRun;
import dev.airlock.store.ResumeProposal;
import dev.airlock.store.ResumeWish;
import dev.airlock.store.Run;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.ResumeRoutes;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import dev.airlock.workflows.ResumePlan.Planned;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Going on with a run: first what would come of it, then the button. */
public final class ResumePages {
  private static final String PARAM = "param.";

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;
  private final Frame frame;

  public ResumePages(Supplier<Store> store, ArtifactStore artifacts, Frame frame) {
    this.store = store;
    this.artifacts = artifacts;
    this.frame = frame;
  }

  /**
   * The form, filled as it was asked, and what would come of it.
   *
   * @param plan null where nothing can come of it
   * @param fault why not, or null
   * @param formKey makes pressing the button twice one run
   */
  public record ResumePage(
      Chrome chrome,
      long run,
      String pipeline,
      String state,
      boolean latest,
      List<Choice> stages,
      List<Field> params,
      @Nullable Plan plan,
      @Nullable String fault,
      String note,
      String formKey) {

    /** A stage that may be chosen. */
    public record Choice(String name, String kind, boolean chosen) {}

    /** A param; hidden where it keeps its value. */
    public record Field(String name, String value, @Nullable String before) {}

    /** What would come of it. */
    public record Plan(
        int version, List<String> notes, List<Line> lines, int running, boolean isIdle) {}

    /**
     * A stage's part in the plan.
     *
     * @param tone the class of its word: cached, pending or skipped
     */
    public record Line(
        String stage, String kind, String word, String tone, String why, @Nullable String link) {}
  }

  /** {@code GET /runs/{id}/resume}: changes nothing. */
  public void show(Context ctx) {
    long id = Query.id(ctx, "run");
    Store open = store.get();
    Run run =
        open.runs()
            .find(id)
            .orElseThrow(() -> new UnknownEntityException("There is no run " + id + "."));
    ResumeWish wish = wish(ctx, ctx.queryParamMap(), null);
    ResumePage.Plan plan = null;
    String fault = null;
    try {
      plan = plan(open.resumes(artifacts).plan(wish));
    } catch (NotResumableException | InvalidParamsException | UnknownEntityException e) {
      fault = e.getMessage();
    }
    frame.render(
        ctx,
        "resume",
        new ResumePage(
            frame.chrome(
                ctx,
                "Resume run " + id,
                "runs",
                new Crumb("Pipelines", "/pipelines"),
                new Crumb(run.pipeline(), "/pipelines/" + run.pipeline()),
                new Crumb("Run " + id, "/runs/" + id),
                Crumb.here("Resume")),
            id,
            run.pipeline(),
            run.state().word(),
            wish.code() == ResumeWish.Code.LATEST,
            choices(open.pipelines(), run, wish),
            fields(open.pipelines(), run, wish),
            plan,
            fault,
            wish.note(),
            UUID.randomUUID().toString()));
  }

  private static dev.airlock.dsl.graph.Graph graph(
      Pipelines pipelines, Run run, ResumeWish.Code code) {
    var same = pipelines.version(run.pipeline(), run.version()).orElseThrow();
    return code == ResumeWish.Code.SAME
        ? same.graph()
        : pipelines.current(run.pipeline()).orElse(same).graph();
  }

  private static List<ResumePage.Choice> choices(Pipelines pipelines, Run run, ResumeWish wish) {
    return graph(pipelines, run, wish.code()).stages().stream()
        .map((StageSpec stage) -> choice(stage, wish))
        .toList();
  }

  private static ResumePage.Choice choice(StageSpec stage, ResumeWish wish) {
    return new ResumePage.Choice(
        stage.name(), stage.work().kind(), wish.from().contains(stage.name()));
  }

  private static List<ResumePage.Field> fields(Pipelines pipelines, Run run, ResumeWish wish) {
    return graph(pipelines, run, wish.code()).params().stream()
        .map(param -> field(param, run, wish))
        .toList();
  }

  private static ResumePage.Field field(ParamSpec param, Run run, ResumeWish wish) {
    String before = run.params().get(param.name());
    String usual = param.defaultValue() == null ? "" : param.defaultValue();
    return new ResumePage.Field(
        param.name(),
        wish.params().getOrDefault(param.name(), before == null ? usual : before),
        before);
  }

  private static ResumePage.Plan plan(ResumeProposal proposal) {
    return new ResumePage.Plan(
        proposal.version(),
        proposal.notes(),
        proposal.plan().stages().stream().map(ResumePages::line).toList(),
        proposal.plan().running().size(),
        proposal.plan().isIdle());
  }

  private static ResumePage.Line line(Planned planned) {
    return new ResumePage.Line(
        planned.stage(),
        planned.kind(),
        planned.action().word(),
        switch (planned.action()) {
          case REUSE -> "cached";
          case RUN -> "pending";
          case SKIP, STAND_BY -> "skipped";
        },
        planned.why(),
        planned.madeBy() == null
            ? null
            : "/runs/%d?stage=%s".formatted(planned.madeBy(), planned.stage()));
  }

  private static ResumeWish wish(
      Context ctx, Map<String, List<String>> form, @Nullable String idempotencyKey) {
    Map<String, String> params = new HashMap<>();
    form.forEach(
        (field, values) -> {
          if (field.startsWith(PARAM) && !values.isEmpty() && !values.get(0).isBlank()) {
            params.put(field.substring(PARAM.length()), values.get(0).strip());
          }
        });
    List<String> codes = form.getOrDefault("code", List.of("same"));
    List<String> notes = form.getOrDefault("note", List.of(""));
    return new ResumeWish(
        Query.id(ctx, "run"),
        form.getOrDefault("from", List.of()).stream().filter(name -> !name.isBlank()).toList(),
        ResumeRoutes.code(codes.get(0)),
        params,
        Caller.of(ctx).acting(ctx),
        notes.get(0).strip(),
        idempotencyKey);
  }

  /** {@code POST /runs/{id}/resume}, from the form below the plan. */
  public void resume(Context ctx) {
    RequestedRun run =
        store.get().resumes(artifacts).resume(wish(ctx, ctx.formParamMap(), ctx.formParam("key")));
    ctx.redirect("/runs/" + run.id() + "?done=started", HttpStatus.SEE_OTHER);
  }
}
