package dev.airlock.web.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.store.Acting;
import dev.airlock.store.Backfill;
import dev.airlock.store.BackfillDate;
import dev.airlock.store.Backfills;
import dev.airlock.store.NewBackfill;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Backfills: what would happen, start, watch, cancel. */
public final class BackfillRoutes {

  private final Supplier<Store> store;

  public BackfillRoutes(Supplier<Store> store) {
    this.store = store;
  }

  private record Wish(
      @Nullable String from,
      @Nullable String to,
      @Nullable Boolean dryRun,
      @Nullable Integer maxActive,
      @Nullable String order,
      @Nullable String rerun,
      @Nullable Map<String, JsonNode> params,
      @Nullable String note,
      @Nullable String idempotencyKey) {}

  private record Shown(@JsonUnwrapped Backfill backfill, List<BackfillDate> dates) {}

  private record Plan(String pipeline, boolean dryRun, int runs, List<BackfillDate> dates) {}

  /** {@code POST /pipelines/{name}/backfills}. */
  public void create(Context ctx) {
    Wish wish = Body.read(ctx, Wish.class);
    NewBackfill backfill =
        backfill(store.get(), ctx.pathParam("name"), wish, Caller.of(ctx).acting(ctx));
    Backfills backfills = store.get().backfills();
    if (Boolean.TRUE.equals(wish.dryRun())) {
      List<BackfillDate> dates = backfills.plan(backfill);
      int runs = (int) dates.stream().filter(date -> date.state().equals("pending")).count();
      ctx.json(new Plan(backfill.pipeline(), true, runs, dates));
      return;
    }
    long id = backfills.request(backfill);
    ctx.status(201).header("Location", "/api/v1/backfills/" + id).json(shown(id));
  }

  /** A wish out of a form of the fields that REST has. */
  public static NewBackfill ofForm(Store store, Context ctx, Acting caller) {
    String most = ctx.formParam("maxActive");
    Wish wish =
        new Wish(
            stripped(ctx, "from"),
            stripped(ctx, "to"),
            false,
            most == null || most.isBlank() ? 1 : Query.count("maxActive", most.strip()),
            ctx.formParam("order"),
            ctx.formParam("rerun"),
            null,
            ctx.formParam("note"),
            ctx.formParam("key"));
    return backfill(store, ctx.pathParam("name"), wish, caller);
  }

  private static @Nullable String stripped(Context ctx, String field) {
    String text = ctx.formParam(field);
    return text == null ? null : text.strip();
  }

  private static NewBackfill backfill(Store store, String pipeline, Wish wish, Acting caller) {
    ZoneId zone = zone(store, pipeline);
    return new NewBackfill(
        pipeline,
        moment("from", wish.from(), zone, false),
        moment("to", wish.to(), zone, true),
        RunRoutes.texts(wish.params()),
        wish.maxActive() == null ? 1 : wish.maxActive(),
        word("order", wish.order(), Backfill.Sequence.OLDEST),
        word("rerun", wish.rerun(), Backfill.Rerun.NONE),
        wish.note() == null ? "" : wish.note(),
        caller,
        wish.idempotencyKey());
  }

  /** The schedule's zone: a day begins there when it begins for the schedule. */
  private static ZoneId zone(Store store, String pipeline) {
    PipelineVersion version =
        store.pipelines().current(pipeline).orElseThrow(() -> PipelineRoutes.unknown(pipeline));
    ScheduleSpec schedule = version.graph().schedule();
    return schedule == null ? ZoneOffset.UTC : ZoneId.of(schedule.zone());
  }

  /** A date is a whole day: its first moment, or its last. */
  private static Instant moment(String name, @Nullable String text, ZoneId zone, boolean isLast) {
    if (text == null || text.isBlank()) {
      throw ProblemException.badRequest(
          "%s is missing: send a date such as 1998-01-31.".formatted(name),
          List.of(new Fault(name, "missing; send a date such as 1998-01-31")));
    }
    if (text.length() != 10) {
      return Query.eventTime(name, text);
    }
    try {
      LocalDate day = LocalDate.parse(text);
      return isLast
          ? day.plusDays(1).atStartOfDay(zone).toInstant().minusSeconds(1)
          : day.atStartOfDay(zone).toInstant();
    } catch (DateTimeException e) {
      throw ProblemException.badRequest(
          "%s is '%s', expected a date such as 1998-01-31.".formatted(name, text));
    }
  }

  private static <E extends Enum<E>> E word(String name, @Nullable String text, E otherwise) {
    if (text == null) {
      return otherwise;
    }
    List<E> known = List.of(otherwise.getDeclaringClass().getEnumConstants());
    return known.stream()
        .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.badRequest(
                    "%s is '%s', expected one of %s."
                        .formatted(
                            name,
                            text,
                            known.stream()
                                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ")))));
  }

  /** {@code GET /backfills}. */
  public void list(Context ctx) {
    ctx.json(
        store
            .get()
            .backfills()
            .list(Query.text(ctx, "pipeline"), Limits.of(ctx), Query.text(ctx, "cursor")));
  }

  /** {@code GET /backfills/{id}}. */
  public void show(Context ctx) {
    ctx.json(shown(Query.id(ctx, "backfill")));
  }

  private Shown shown(long id) {
    Backfills backfills = store.get().backfills();
    Backfill backfill =
        backfills
            .find(id)
            .orElseThrow(() -> new UnknownEntityException("There is no backfill " + id + "."));
    return new Shown(backfill, backfills.dates(id));
  }

  /** {@code POST /backfills/{id}/cancel}. */
  public void cancel(Context ctx) {
    long id = Query.id(ctx, "backfill");
    if (!store.get().backfills().cancel(id, Caller.of(ctx).acting(ctx))) {
      throw ProblemException.conflict(
          "None of the dates of backfill %d is waiting, so nothing was cancelled.".formatted(id));
    }
    ctx.json(shown(id));
  }
}
