package dev.airlock.web.ui;

import dev.airlock.store.Backfill;
import dev.airlock.store.BackfillDate;
import dev.airlock.store.Backfills;
import dev.airlock.store.NewBackfill;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.BackfillRoutes;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.web.session.Owners;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One backfill, and what one would do. */
public final class BackfillPages {
  private static final int PER_PAGE = 200;

  private final Supplier<Store> store;
  private final Frame frame;

  public BackfillPages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
  }

  /**
   * One backfill, or the plan of one.
   *
   * @param id 0 of a plan
   * @param says how far it has come, or what it would do
   * @param moreLink to the dates after these, or null
   */
  public record BackfillPage(
      Chrome chrome,
      long id,
      String pipeline,
      String title,
      String state,
      String says,
      boolean mayCancel,
      List<Row> rows,
      @Nullable String moreLink) {

    /** One of its dates. */
    public record Row(
        String date, String state, String because, @Nullable Long run, String outcome) {}
  }

  /** {@code GET /backfills/{id}}. */
  public void show(Context ctx) {
    long id = Query.id(ctx, "backfill");
    Backfills backfills = store.get().backfills();
    Backfill backfill =
        backfills
            .find(id)
            .orElseThrow(() -> new UnknownEntityException("There is no backfill " + id + "."));
    Page<BackfillDate> dates = backfills.dates(id, PER_PAGE, Query.text(ctx, "cursor"));
    render(
        ctx,
        id,
        backfill.pipeline(),
        "backfill " + id,
        backfill.state(),
        "%s, asked for by %s. %s.%s"
            .formatted(
                PipelineStarts.row(backfill).range(),
                backfill.requestedBy(),
                PipelineStarts.progress(backfill),
                backfill.cancelledBy() == null
                    ? ""
                    : " %s has cancelled it; runs that were under way went on."
                        .formatted(backfill.cancelledBy())),
        backfill.pending() > 0
            && Owners.mayOperate(
                store.get().ownership(), Caller.of(ctx), Permission.START, backfill.pipeline()),
        dates.items(),
        dates.next() == null ? null : "/backfills/%d?cursor=%s".formatted(id, dates.next()));
  }

  private void render(
      Context ctx,
      long id,
      String pipeline,
      String title,
      String state,
      String says,
      boolean mayCancel,
      List<BackfillDate> dates,
      @Nullable String moreLink) {
    frame.render(
        ctx,
        "backfill",
        new BackfillPage(
            frame
                .chrome(
                    ctx,
                    pipeline + ", " + title,
                    "pipelines",
                    new Crumb("Pipelines", "/pipelines"),
                    new Crumb(pipeline, "/pipelines/" + pipeline),
                    Crumb.here(title))
                .following("runs"),
            id,
            pipeline,
            title,
            state,
            says,
            mayCancel,
            dates.stream().map(BackfillPages::row).toList(),
            moreLink));
  }

  private static BackfillPage.Row row(BackfillDate date) {
    return new BackfillPage.Row(
        Words.logicalDate(date.logicalDate()),
        date.runState() == null ? date.state() : date.runState().word(),
        date.because(),
        date.runId(),
        date.state().equals("left-out") ? "left out" : "");
  }

  /**
   * {@code POST /pipelines/{name}/backfills}, from a form; with {@code plan}, nothing is started.
   */
  public void start(Context ctx) {
    NewBackfill wish = BackfillRoutes.ofForm(store.get(), ctx, Caller.of(ctx).acting(ctx));
    Backfills backfills = store.get().backfills();
    if (ctx.formParam("plan") != null) {
      List<BackfillDate> dates = backfills.plan(wish);
      long runs = dates.stream().filter(date -> date.state().equals("pending")).count();
      render(
          ctx,
          0,
          wish.pipeline(),
          "plan of a backfill",
          "",
          "It would start %s, and leave %s out. Nothing was started.%s"
              .formatted(
                  Words.counted(runs, "run", "runs"),
                  Words.counted(dates.size() - runs, "date", "dates"),
                  dates.size() > PER_PAGE
                      ? " The first %d dates are shown; all of them by airlock backfill --dry-run."
                          .formatted(PER_PAGE)
                      : ""),
          false,
          dates.subList(0, Math.min(PER_PAGE, dates.size())),
          null);
      return;
    }
    ctx.redirect("/backfills/" + backfills.request(wish), HttpStatus.SEE_OTHER);
  }

  /** {@code POST /backfills/{id}/cancel}, from a form. */
  public void cancel(Context ctx) {
    long id = Query.id(ctx, "backfill");
    if (!store.get().backfills().cancel(id, Caller.of(ctx).acting(ctx))) {
      throw ProblemException.conflict(
          "None of the dates of backfill %d is waiting, so nothing was cancelled.".formatted(id));
    }
    ctx.redirect("/backfills/" + id, HttpStatus.SEE_OTHER);
  }
}
