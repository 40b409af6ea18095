package dev.airlock.web.ui;

import dev.airlock.store.ModelCommand;
import dev.airlock.store.Page;
import dev.airlock.store.Rollout;
import dev.airlock.store.RolloutDetail;
import dev.airlock.store.Rollouts;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.Steering;
import dev.airlock.web.drawing.TrafficChart;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import dev.airlock.workflows.RolloutControl;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A version's way to all traffic, and the hands that people have on it. */
public final class RolloutPages {
  private static final int PER_PAGE = 50;

  /**
   * Traffic is counted all the time, and nobody tells of it. What lasts for days need not be drawn
   * anew each moment.
   */
  private static final Duration LOOK_OFTEN = Duration.ofSeconds(2);

  private static final Duration LOOK_SELDOM = Duration.ofMinutes(1);

  private final Supplier<Store> store;
  private final Steering steering;
  private final Frame frame;

  public RolloutPages(Supplier<Store> store, Steering steering, Frame frame) {
    this.store = store;
    this.steering = steering;
    this.frame = frame;
  }

  /** The rollouts of a model. */
  public record RolloutsPage(
      Chrome chrome, String model, List<Row> rows, @Nullable String moreLink) {}

  /**
   * A rollout in a list.
   *
   * @param because why it waits or how it ended
   */
  public record Row(
      long id,
      String model,
      String title,
      String state,
      String tone,
      int weight,
      String where,
      String requestedBy,
      String ago,
      Instant at,
      String because) {

    static Row of(Rollout rollout, Instant now) {
      return new Row(
          rollout.id(),
          rollout.model(),
          RolloutPicture.title(rollout),
          RolloutPicture.word(rollout.state()),
          RolloutPicture.tone(rollout.state()),
          rollout.weight(),
          "step %d of %d, %d %%"
              .formatted(rollout.step() + 1, rollout.steps().size(), rollout.weight()),
          rollout.requestedBy(),
          Words.ago(rollout.startedAt(), now),
          rollout.startedAt(),
          rollout.because());
    }
  }

  /** {@code GET /models/{name}/rollouts}. */
  public void list(Context ctx) {
    String model = ctx.pathParam("name");
    Store open = store.get();
    if (open.models().find(model).isEmpty()) {
      throw new UnknownEntityException("There is no model '" + model + "'.");
    }
    Instant now = Instant.now();
    Page<Rollout> page = open.rollouts().list(model, null, PER_PAGE, Query.text(ctx, "cursor"));
    frame.render(
        ctx,
        "rollouts",
        new RolloutsPage(
            frame
                .chrome(
                    ctx,
                    model + ", rollouts",
                    "models",
                    new Crumb("Models", "/models"),
                    new Crumb(model, "/models/" + model),
                    Crumb.here("Rollouts"))
                .following("rollouts"),
            model,
            page.items().stream().map(rollout -> Row.of(rollout, now)).toList(),
            page.next() == null
                ? null
                : "/models/%s/rollouts?cursor=%s".formatted(model, page.next())));
  }

  /** {@code GET /rollouts/{id}}. */
  public void show(Context ctx) {
    show(ctx, Query.id(ctx, "rollout"), "", null);
  }

  private void show(Context ctx, long id, String reason, @Nullable String problem) {
    Store open = store.get();
    RolloutDetail detail = open.rollouts().detail(id).orElseThrow(() -> unknown(id));
    Rollout rollout = detail.rollout();
    ModelCommand command = open.models().command(rollout.commandId()).orElse(null);
    String title = "Rollout " + id;
    Chrome chrome =
        frame.chrome(
            ctx,
            "%s, rollout %d".formatted(rollout.model(), id),
            "models",
            new Crumb("Models", "/models"),
            new Crumb(rollout.model(), "/models/" + rollout.model()),
            new Crumb("Rollouts", "/models/%s/rollouts".formatted(rollout.model())),
            Crumb.here(title));
    boolean isFollowed = !rollout.state().isOver() && problem == null;
    Instant now = Instant.now();
    Instant end = Objects.requireNonNullElse(rollout.endedAt(), now);
    int step = Rollouts.slice(Duration.between(rollout.startedAt(), end), TrafficChart.MOST_SLICES);
    frame.render(
        ctx,
        "rollout",
        new RolloutPicture(
                detail,
                command,
                open.rollouts()
                    .traffic(rollout.model(), rollout.startedAt(), rollout.endedAt(), step),
                step,
                now)
            .page(
                isFollowed
                    ? chrome
                        .following("rollout:" + id, "model:" + rollout.model())
                        .lookingEvery(pause(step))
                    : chrome,
                hindrance(rollout, Caller.of(ctx)),
                open.ownership()
                    .objectionToMore(Caller.of(ctx).name(), rollout.model())
                    .orElse(null),
                reason,
                problem));
  }

  /** As long as a column of the chart is wide. */
  private static Duration pause(int step) {
    return Duration.ofSeconds(
        Math.max(LOOK_OFTEN.toSeconds(), Math.min(step, LOOK_SELDOM.toSeconds())));
  }

  private static UnknownEntityException unknown(long id) {
    return new UnknownEntityException("There is no rollout " + id + ".");
  }

  private static @Nullable String hindrance(Rollout rollout, Caller caller) {
    if (rollout.state().isOver()) {
      return "This rollout is over; nothing is left to do here.";
    }
    return caller.may(Permission.ROLL_OUT)
        ? null
        : "Engineers, approvers and admins may pause, promote and abort.";
  }

  /** {@code POST /rollouts/{id}/wishes}, from a form. */
  public void steer(Context ctx) {
    long id = Query.id(ctx, "rollout");
    String word = text(ctx, "wish");
    String reason = text(ctx, "reason").strip();
    RolloutControl.Kind kind =
        Arrays.stream(RolloutControl.Kind.values())
            .filter(candidate -> candidate.name().toLowerCase(Locale.ROOT).equals(word))
            .findFirst()
            .orElseThrow(
                () ->
                    ProblemException.badRequest(
                        "wish is '%s', expected pause, resume, promote or abort.".formatted(word)));
    if (reason.isEmpty()) {
      show(ctx.status(HttpStatus.BAD_REQUEST), id, "", "Say why, for those who ask later.");
      return;
    }
    try {
      RolloutDetail.Control control = steering.ask(id, kind, Caller.of(ctx).acting(ctx), reason);
      ctx.redirect(
          "/rollouts/%d?done=%s".formatted(id, control.taken() == null ? "wished" : "steered"),
          HttpStatus.SEE_OTHER);
    } catch (ProblemException e) {
      show(ctx.status(e.problem().status()), id, reason, e.problem().detail());
    }
  }

  private static String text(Context ctx, String name) {
    String text = ctx.formParam(name);
    return text == null ? "" : text;
  }
}
