package dev.airlock.web.ui;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.store.PipelineSummary;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Pipelines;
import dev.airlock.store.Run;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.drawing.GraphDrawing;
import dev.airlock.web.http.Access;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The list of pipelines, and one of them with the form that starts it. */
public final class PipelinePages {
  private final Supplier<Store> store;
  private final Frame frame;
  private final PipelineRows rows;

  public PipelinePages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
    this.rows = new PipelineRows(store);
  }

  /** The list. */
  public record PipelinesPage(Chrome chrome, List<PipelineRow> pipelines) {}

  /**
   * One pipeline.
   *
   * @param formKey under which the form starts one run, however often it is sent
   * @param chosen the stage that is shown in full, or null
   */
  public record PipelinePage(
      Chrome chrome,
      String name,
      String owner,
      String schedule,
      boolean hasSchedule,
      boolean paused,
      boolean published,
      boolean mayOperate,
      String formKey,
      int version,
      List<Field> fields,
      GraphDrawing graph,
      @Nullable Chosen chosen,
      PipelineStarts starts,
      List<RunPages.RunsPage.Row> runs,
      List<VersionRow> versions) {

    /** A param in the form. */
    public record Field(String name, String type, String value, String hint, boolean required) {}

    /** A stage in full. */
    public record Chosen(String name, String kind, String takes, List<RunPage.Fact> settings) {}

    /** A version in the list. */
    public record VersionRow(
        int version, boolean current, String graph, String code, String by, String at) {}
  }

  /** {@code GET /pipelines}. */
  public void list(Context ctx) {
    frame.render(
        ctx,
        "pipelines",
        new PipelinesPage(
            frame.chrome(ctx, "Pipelines", "pipelines", Crumb.here("Pipelines")),
            rows.all(Instant.now())));
  }

  /** {@code GET /pipelines/{name}}. */
  public void show(Context ctx) {
    String name = ctx.pathParam("name");
    Pipelines pipelines = store.get().pipelines();
    PipelineSummary summary = pipelines.find(name).orElseThrow(() -> unknown(name));
    PipelineVersion current = pipelines.current(name).orElseThrow(() -> unknown(name));
    Graph graph = current.graph();
    Instant now = Instant.now();
    List<Run> runs = store.get().runs().listBefore(name, null, Long.MAX_VALUE, PipelineRows.STRIP);
    String stage = Query.text(ctx, "stage");
    frame.render(
        ctx,
        "pipeline",
        new PipelinePage(
            frame.chrome(
                ctx, name, "pipelines", new Crumb("Pipelines", "/pipelines"), Crumb.here(name)),
            name,
            graph.owner(),
            PipelineRows.schedule(summary, graph),
            graph.schedule() != null,
            summary.paused(),
            summary.unpublishedAt() == null,
            Caller.of(ctx).may(Access.OPERATE),
            UUID.randomUUID().toString(),
            current.version(),
            graph.params().stream().map(PipelinePages::field).toList(),
            GraphDrawing.of(graph, box -> look(graph, box, stage)),
            stage == null ? null : graph.stage(stage).map(PipelinePages::chosen).orElse(null),
            PipelineStarts.of(store.get(), summary, graph, Caller.of(ctx).may(Access.OPERATE), now),
            runs.stream().map(run -> RunPages.row(run, now)).toList(),
            pipelines.versions(name).stream()
                .map(version -> version(version, current.version()))
                .toList()));
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

  private static PipelinePage.Field field(ParamSpec param) {
    return new PipelinePage.Field(
        param.name(),
        param.type() == ParamType.DATE ? "date" : "text",
        param.defaultValue() == null ? "" : param.defaultValue(),
        hint(param),
        param.defaultValue() == null);
  }

  private static String hint(ParamSpec param) {
    String type =
        switch (param.type()) {
          case INTEGER -> "a whole number";
          case DECIMAL -> "a number";
          case BOOLEAN -> "true or false";
          case DURATION -> "a duration, such as PT30M";
          case DATE -> "a date";
          case URI -> "a URI; a relative one is in the pipeline's jar";
          case TEXT -> "text";
        };
    if (param.atLeast() == null && param.atMost() == null) {
      return type;
    }
    return "%s, %s to %s"
        .formatted(
            type,
            param.atLeast() == null ? "any" : param.atLeast(),
            param.atMost() == null ? "any" : param.atMost());
  }

  private static PipelinePage.VersionRow version(PipelineVersion version, int current) {
    return new PipelinePage.VersionRow(
        version.version(),
        version.version() == current,
        Words.digest(version.graphDigest()),
        Words.digest(version.codeDigest()),
        version.publishedBy(),
        Words.moment(version.publishedAt()));
  }

  /** {@code POST /pipelines/{name}/pause}, from a form: {@code paused} is true or false. */
  public void pause(Context ctx) {
    String name = ctx.pathParam("name");
    boolean paused = "true".equals(ctx.formParam("paused"));
    if (!store.get().pipelines().setPaused(name, paused)) {
      throw unknown(name);
    }
    ctx.redirect(
        "/pipelines/%s?done=%s".formatted(name, paused ? "paused" : "resumed"),
        HttpStatus.SEE_OTHER);
  }
}
