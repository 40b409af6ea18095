package dev.airlock.web.ui;

import dev.airlock.store.Approval;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.FailureStreak;
import dev.airlock.store.Ownership;
import dev.airlock.store.Page;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Run;
import dev.airlock.store.RunDetail;
import dev.airlock.store.RunStage;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.FirstRows;
import dev.airlock.web.api.RunNotes;
import dev.airlock.web.api.TaskResults;
import dev.airlock.web.events.PageEvents;
import dev.airlock.web.events.SharedReads;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.web.session.Owners;
import dev.airlock.web.ui.Chrome.Crumb;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.RunState;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The list of runs, one run, and what people do to it. */
public final class RunPages {
  private static final int PER_PAGE = 30;

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;
  private final FirstRows firstRows;
  private final Frame frame;
  private final SharedReads<Wanted, Read> reads;

  public RunPages(
      Supplier<Store> store,
      ArtifactStore artifacts,
      FirstRows firstRows,
      Frame frame,
      PageEvents events) {
    this.reads = new SharedReads<>(events);
    this.store = store;
    this.artifacts = artifacts;
    this.firstRows = firstRows;
    this.frame = frame;
  }

  /** The list. */
  public record RunsPage(
      Chrome chrome,
      List<Filter> filters,
      String pipeline,
      String tag,
      List<String> tags,
      List<Row> rows,
      @Nullable String moreLink) {

    /** A choice of what the list shows; current is for {@code aria-current}. */
    public record Filter(String text, String link, @Nullable String current) {}

    /** A run in the list. */
    public record Row(
        long id,
        String pipeline,
        String state,
        String startedBy,
        String logicalDate,
        String ago,
        Instant at,
        String took,
        @Nullable String since,
        String reason,
        List<String> tags) {}
  }

  /** {@code GET /runs}. */
  public void list(Context ctx) {
    String pipeline = Query.text(ctx, "pipeline");
    RunState state = state(Query.text(ctx, "state"));
    String tag = Query.text(ctx, "tag");
    Page<Run> page =
        store.get().runs().list(pipeline, state, tag, PER_PAGE, Query.text(ctx, "cursor"));
    Instant now = Instant.now();
    String here = link(pipeline, state, tag);
    frame.render(
        ctx,
        "runs",
        new RunsPage(
            frame.chrome(ctx, "Runs", "runs", Crumb.here("Runs")).following("runs"),
            filters(pipeline, state, tag),
            pipeline == null ? "" : pipeline,
            tag == null ? "" : tag,
            store.get().runs().tags(),
            page.items().stream().map(run -> row(run, now)).toList(),
            page.next() == null
                ? null
                : here + (here.contains("?") ? "&" : "?") + "cursor=" + page.next()));
  }

  private static @Nullable RunState state(@Nullable String word) {
    return Arrays.stream(RunState.values())
        .filter(state -> state.word().equals(word))
        .findFirst()
        .orElse(null);
  }

  private static List<RunsPage.Filter> filters(
      @Nullable String pipeline, @Nullable RunState chosen, @Nullable String tag) {
    List<RunsPage.Filter> filters = new ArrayList<>();
    filters.add(
        new RunsPage.Filter("all", link(pipeline, null, tag), chosen == null ? "true" : null));
    for (RunState state : RunState.values()) {
      filters.add(
          new RunsPage.Filter(
              state.word(), link(pipeline, state, tag), state == chosen ? "true" : null));
    }
    return filters;
  }

  private static String link(
      @Nullable String pipeline, @Nullable RunState state, @Nullable String tag) {
    String query = "";
    if (pipeline != null) {
      query += "&pipeline=" + Words.inQuery(pipeline);
    }
    if (state != null) {
      query += "&state=" + state.word();
    }
    if (tag != null) {
      query += "&tag=" + Words.inQuery(tag);
    }
    return query.isEmpty() ? "/runs" : "/runs?" + query.substring(1);
  }

  static RunsPage.Row row(Run run, Instant now) {
    Instant start = run.startedAt() == null ? run.createdAt() : run.startedAt();
    return new RunsPage.Row(
        run.id(),
        run.pipeline(),
        run.state().word(),
        StartWords.by(run),
        Words.logicalDate(run.logicalDate()),
        Words.ago(run.createdAt(), now),
        run.createdAt(),
        Words.took(start, run.endedAt(), now),
        run.state().isFinal() ? null : start.toString(),
        run.error() == null ? "" : run.error().message(),
        run.tags());
  }

  /** {@code GET /runs/{id}}. */
  public void show(Context ctx) {
    long id = Query.id(ctx, "run");
    boolean mayOperate = mayOperate(Caller.of(ctx), id);
    String followed = "run:" + id;
    Wanted wanted =
        new Wanted(
            id,
            mayOperate,
            Query.text(ctx, "stage"),
            attempt(ctx),
            Query.text(ctx, "state"),
            Query.text(ctx, "after"));
    Read read = reads.get(ctx, wanted, () -> read(ctx, wanted), followed, "approvals");
    Chrome chrome =
        frame.chrome(
            ctx,
            read.page().pipeline() + ", run " + id,
            "runs",
            new Crumb("Pipelines", "/pipelines"),
            new Crumb(read.page().pipeline(), "/pipelines/" + read.page().pipeline()),
            Crumb.here("Run " + id));
    frame.render(
        ctx,
        "run",
        read.page().within(read.isOver() ? chrome : chrome.following(followed, "approvals")));
  }

  private boolean mayOperate(Caller caller, long run) {
    Ownership ownership = store.get().ownership();
    return ownership
        .pipelineOfRun(run)
        .filter(pipeline -> Owners.mayOperate(ownership, caller, Permission.STEER_RUN, pipeline))
        .isPresent();
  }

  /** What a page of a run depends on, but for who looks at it. */
  private record Wanted(
      long id,
      boolean mayOperate,
      @Nullable String stage,
      @Nullable Integer attempt,
      @Nullable String state,
      @Nullable String after) {}

  private record Read(RunPage page, boolean isOver) {}

  private static @Nullable Integer attempt(Context ctx) {
    String attempt = Query.text(ctx, "attempt");
    return attempt == null ? null : (Integer) Query.count("attempt", attempt);
  }

  private Read read(Context ctx, Wanted wanted) {
    long id = wanted.id();
    Store open = store.get();
    RunDetail detail =
        open.runs()
            .detail(id)
            .orElseThrow(() -> new UnknownEntityException("There is no run " + id + "."));
    Run run = detail.run();
    PipelineVersion version = open.pipelines().version(run.pipeline(), run.version()).orElseThrow();
    Long monitor = RunPicture.monitor(run);
    RunPicture picture =
        new RunPicture(
            detail,
            version,
            shown(ctx, detail),
            wanted.stage(),
            openQuestion(detail),
            monitor == null ? null : open.monitors().find(monitor).orElse(null),
            open.runs().children(id),
            RunCalls.of(open.runs().caller(id), open.runs().calledBy(id)),
            open.runs().reuses(id),
            run.state() == RunState.QUEUED ? open.runs().whyQueued(run).orElse("") : "",
            streak(open, detail, version),
            new Waits(open, id)::of,
            firstRows,
            new TaskResults(artifacts));
    int current =
        open.pipelines()
            .current(run.pipeline())
            .map(PipelineVersion::version)
            .orElse(run.version());
    return new Read(
        picture.page(
            Chrome.NONE,
            wanted.mayOperate(),
            Instant.now(),
            RunWords.of(run, version, current, wanted.mayOperate()),
            LogPanel.of(open, artifacts, id, picture.chosen(), wanted.attempt())),
        run.state().isFinal());
  }

  private static @Nullable FailureStreak streak(
      Store open, RunDetail detail, PipelineVersion version) {
    RunStage failed = RunPicture.failedStage(detail, version);
    Run run = detail.run();
    return failed == null
        ? null
        : open.runs().failingSince(run.pipeline(), failed.name(), run.id());
  }

  private ShownStages shown(Context ctx, RunDetail detail) {
    long id = detail.run().id();
    boolean maps = detail.stages().stream().anyMatch(stage -> stage.kind().equals("map"));
    String state = Query.text(ctx, "state");
    String after = Query.text(ctx, "after");
    return ShownStages.of(
        id,
        detail.stages(),
        state != null && ShownStages.isState(state) ? state : null,
        after == null ? -1 : Query.number("after", after),
        maps ? store.get().items().counts(id) : List.of());
  }

  private @Nullable Approval openQuestion(RunDetail detail) {
    for (RunStage stage : detail.stages()) {
      if (stage.kind().equals("approval") && !stage.state().isFinal()) {
        Approval approval =
            store.get().approvals().ofStage(detail.run().id(), stage.name()).orElse(null);
        if (approval != null && approval.state() == ApprovalStanding.State.OPEN) {
          return approval;
        }
      }
    }
    return null;
  }

  /** {@code POST /runs/{id}/words}, from a form: the note and the tags. */
  public void annotate(Context ctx) {
    long id = Query.id(ctx, "run");
    String note = ctx.formParam("note");
    RunNotes.annotate(
        store.get().runs(),
        id,
        note == null ? "" : note.strip(),
        StartForm.words(ctx.formParam("tags")),
        Caller.of(ctx).acting(ctx));
    ctx.redirect("/runs/" + id + "?done=noted", HttpStatus.SEE_OTHER);
  }

  /** {@code POST /runs/{id}/cancel}, from a form. */
  public void cancel(Context ctx) {
    long id = Query.id(ctx, "run");
    if (!store.get().runs().cancel(id, Caller.of(ctx).acting(ctx))) {
      throw ProblemException.conflict(
          "Run " + id + " has ended already, so nothing was cancelled.");
    }
    ctx.redirect("/runs/" + id + "?done=cancelling", HttpStatus.SEE_OTHER);
  }
}
