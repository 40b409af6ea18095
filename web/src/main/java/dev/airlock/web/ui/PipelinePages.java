package dev.airlock.web.ui;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.store.Page;
import dev.airlock.store.PipelineSummary;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Pipelines;
import dev.airlock.store.RequestedRun;
import dev.airlock.store.Run;
import dev.airlock.store.Runs;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.RunWish;
import dev.airlock.web.drawing.GraphDrawing;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.Query;
import dev.airlock.web.session.Owners;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The list of pipelines, and one of them with the form that starts it. */
public final class PipelinePages {
  private static final int PER_PAGE = 50;
  private static final int VERSIONS_PER_PAGE = 20;

  private final Supplier<Store> store;
  private final Frame frame;
  private final PipelineRows rows;

  public PipelinePages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
    this.rows = new PipelineRows(store);
  }

  /** The list. */
  public record PipelinesPage(
      Chrome chrome,
      List<RefusedFile> refused,
      List<PipelineRow> pipelines,
      @Nullable String moreLink) {}

  /**
   * One pipeline.
   *
   * @param ownerNote that any engineer may do all with it, or nobody but admins; empty where its
   *     owner is known and there
   * @param file that the current version came out of; empty where that was not noted
   * @param goneSince since when that is gone; null as long as it is there
   * @param refused what is wrong with its file as it is now, or with one that defines it too
   * @param chosen the stage that is shown in full, or null
   * @param policies how many are in force; empty where no approval takes any
   */
  public record PipelinePage(
      Chrome chrome,
      String name,
      String owner,
      String ownerNote,
      String schedule,
      boolean hasSchedule,
      boolean paused,
      boolean published,
      boolean mayOperate,
      int version,
      String file,
      @Nullable Instant goneSince,
      StartForm form,
      List<RefusedFile> refused,
      GraphDrawing graph,
      @Nullable Chosen chosen,
      PipelineStarts starts,
      String policies,
      List<RunPages.RunsPage.Row> runs,
      List<VersionRow> versions,
      @Nullable String moreVersions) {

    /** Whether a policy may vote on one of its approvals. */
    public boolean takesPolicies() {
      return !policies.isEmpty();
    }

    /** A stage in full. */
    public record Chosen(String name, String kind, String takes, List<RunPage.Fact> settings) {}
  }

  /** {@code GET /pipelines}. */
  public void list(Context ctx) {
    Page<PipelineRow> page = rows.page(Instant.now(), PER_PAGE, Query.text(ctx, "cursor"));
    frame.render(
        ctx,
        "pipelines",
        new PipelinesPage(
            frame
                .chrome(ctx, "Pipelines", "pipelines", Crumb.here("Pipelines"))
                .following("pipelines", "runs"),
            RefusedFile.all(store.get(), Instant.now()),
            page.items(),
            page.next() == null ? null : "/pipelines?cursor=" + page.next()));
  }

  /** {@code GET /pipelines/{name}}. */
  public void show(Context ctx) {
    show(ctx, null, List.of());
  }

  private void show(Context ctx, @Nullable RunWish typed, List<Fault> faults) {
    String name = ctx.pathParam("name");
    Pipelines pipelines = store.get().pipelines();
    PipelineSummary summary = pipelines.find(name).orElseThrow(() -> unknown(name));
    PipelineVersion current = pipelines.current(name).orElseThrow(() -> unknown(name));
    Graph graph = current.graph();
    Instant now = Instant.now();
    List<Run> runs = store.get().runs().listBefore(name, null, Long.MAX_VALUE, PipelineRows.STRIP);
    Page<PipelineVersion> versions =
        pipelines.versions(name, VERSIONS_PER_PAGE, Query.text(ctx, "cursor"));
    PipelineVersion before = versions.next() == null ? null : oldestBefore(pipelines, versions);
    String stage = Query.text(ctx, "stage");
    boolean mayOperate =
        Owners.mayOperate(store.get().ownership(), Caller.of(ctx), Permission.START, name);
    frame.render(
        ctx,
        "pipeline",
        new PipelinePage(
            frame
                .chrome(
                    ctx, name, "pipelines", new Crumb("Pipelines", "/pipelines"), Crumb.here(name))
                .following("pipelines", "runs"),
            name,
            graph.owner(),
            store.get().ownership().ownerNote(name).orElse(""),
            PipelineRows.schedule(summary, graph.schedule()),
            graph.schedule() != null,
            summary.paused(),
            summary.unpublishedAt() == null,
            mayOperate,
            current.version(),
            summary.fileName() == null ? "" : summary.fileName(),
            summary.unpublishedAt(),
            typed == null
                ? StartForm.fresh(graph, mayOperate, summary.unpublishedAt() == null)
                : StartForm.of(graph, true, summary.unpublishedAt() == null, typed, faults),
            RefusedFile.of(store.get(), summary, now),
            GraphDrawing.of(graph, box -> look(graph, box, stage)),
            stage == null ? null : graph.stage(stage).map(PipelinePages::chosen).orElse(null),
            PipelineStarts.of(store.get(), summary, graph, mayOperate, now),
            policies(current),
            runs.stream().map(run -> RunPages.row(run, now)).toList(),
            VersionRow.of(versions.items(), before, pipelines.uses(name), current.version()),
            versions.next() == null
                ? null
                : "/pipelines/%s?cursor=%s#versions".formatted(name, versions.next())));
  }

  /** What the last version of a page is held against. */
  private static @Nullable PipelineVersion oldestBefore(
      Pipelines pipelines, Page<PipelineVersion> page) {
    PipelineVersion last = page.items().get(page.items().size() - 1);
    return pipelines.version(last.pipeline(), last.version() - 1).orElse(null);
  }

  private String policies(PipelineVersion current) {
    if (PolicyPages.stages(current.graph()).isEmpty()) {
      return "";
    }
    long inForce = store.get().policies().countInForce(current.pipeline(), current.version());
    return inForce == 0
        ? "None is in force for version %d: people decide.".formatted(current.version())
        : "%s in force for version %d: where every figure is inside the bounds, the signer's vote is given at once."
            .formatted(Words.counted(inForce, "policy is", "policies are"), current.version());
  }

  private static UnknownEntityException unknown(String name) {
    return new UnknownEntityException("There is no pipeline '" + name + "'.");
  }

  private static GraphDrawing.Look look(Graph graph, String box, @Nullable String chosen) {
    String kind = graph.stage(box).map(found -> found.work().kind()).orElse("");
    return new GraphDrawing.Look(
        kind,
        "",
        null,
        "plain",
        "/pipelines/%s?stage=%s".formatted(graph.name(), box),
        box.equals(chosen));
  }

  private static PipelinePage.Chosen chosen(StageSpec stage) {
    return new PipelinePage.Chosen(
        stage.name(), stage.work().kind(), String.join(", ", stage.inputs()), Settings.of(stage));
  }

  /** {@code POST /pipelines/{name}/runs}, from the form; what is wrong is said beside its field. */
  public void start(Context ctx) {
    RunWish wish = StartForm.typed(ctx);
    Runs runs = store.get().runs();
    List<Fault> faults =
        runs.byKey(wish.pipeline(), wish.key()).isPresent() ? List.of() : wish.faults(runs);
    if (faults.isEmpty()) {
      RequestedRun run = wish.request(runs, Caller.of(ctx).acting(ctx));
      ctx.redirect("/runs/" + run.id() + "?done=started", HttpStatus.SEE_OTHER);
    } else {
      ctx.status(HttpStatus.BAD_REQUEST);
      show(ctx, wish, faults);
    }
  }

  /** {@code POST /pipelines/{name}/pause}, from a form: {@code paused} is true or false. */
  public void pause(Context ctx) {
    String name = ctx.pathParam("name");
    boolean paused = "true".equals(ctx.formParam("paused"));
    if (!store.get().pipelines().setPaused(name, paused, Caller.of(ctx).acting(ctx))) {
      throw unknown(name);
    }
    ctx.redirect(
        "/pipelines/%s?done=%s".formatted(name, paused ? "paused" : "resumed"),
        HttpStatus.SEE_OTHER);
  }
}
