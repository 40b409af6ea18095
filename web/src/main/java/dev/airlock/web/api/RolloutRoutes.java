package dev.airlock.web.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.store.Acting;
import dev.airlock.store.CommandRequest;
import dev.airlock.store.ModelCommand;
import dev.airlock.store.Rollout;
import dev.airlock.store.RolloutDetail;
import dev.airlock.store.Rollouts;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RolloutState;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** New versions on their way to all traffic, and the people who steer them. */
public final class RolloutRoutes {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Of traffic: an hour, second by second. */
  private static final int MOST_SLICES = 3_600;

  private static final String ACTIVE = "active";
  private static final String CANARY = "canary";
  private static final String BLUE_GREEN = "blue-green";

  /** What can be known within a hold. */
  private static final Set<Signal> KNOWN_IN_TIME =
      EnumSet.of(Signal.ERROR_RATE, Signal.P99_MILLIS, Signal.SCORE_SHIFT);

  private final Supplier<Store> store;
  private final Steering steering;

  public RolloutRoutes(Supplier<Store> store, Steering steering) {
    this.store = store;
    this.steering = steering;
  }

  private record Wish(
      @Nullable Integer version,
      @Nullable String strategy,
      @Nullable List<@Nullable WishedStep> steps,
      @Nullable List<@Nullable WishedCondition> promoteWhile,
      @Nullable String reason) {}

  private record WishedStep(int weight, @Nullable String hold) {}

  private record WishedCondition(
      @Nullable String figure, @Nullable Double atMost, @Nullable Double atLeast) {}

  private record Canary(List<RolloutPlan.Step> steps, List<Condition> promoteWhile) {}

  private record Begun(ModelCommand command, @Nullable Rollout rollout, String detail) {}

  private record Shown(@JsonUnwrapped RolloutDetail detail, List<Rollouts.TrafficPoint> traffic) {}

  private record Steer(@Nullable String reason) {}

  private record Steered(@JsonUnwrapped RolloutDetail.Control control, String detail) {}

  /** {@code POST /models/{name}/rollouts}. */
  public void start(Context ctx) {
    String model = ctx.pathParam("name");
    if (store.get().models().find(model).isEmpty()) {
      throw ModelRoutes.unknown(model);
    }
    Wish wish = Body.read(ctx, Wish.class);
    List<Fault> faults = new ArrayList<>();
    Canary canary = canary(wish, faults);
    Integer version = wish.version();
    if (version == null) {
      faults.add(new Fault("version", "missing; send the number of an approved version"));
    }
    if (version == null || !faults.isEmpty()) {
      throw ProblemException.badRequest("The rollout can't be begun: see errors.", faults);
    }
    String reason = wish.reason() == null ? "" : wish.reason().strip();
    answer(ctx, begun(model, version, canary, Caller.of(ctx).acting(ctx), reason));
  }

  private Begun begun(String model, int version, Canary canary, Acting acting, String reason) {
    Store open = store.get();
    CommandRequest request =
        open.rollouts().start(model, version, Json.write(canary), acting, reason);
    if (request instanceof CommandRequest.Forbidden forbidden) {
      throw ProblemException.forbidden(forbidden.reason());
    }
    if (request instanceof CommandRequest.Conflict conflict) {
      throw ProblemException.conflict(conflict.reason());
    }
    long id = ((CommandRequest.Recorded) request).commandId();
    Begun begun = Patience.until(PATIENCE, () -> look(id), RolloutRoutes::isSettled);
    if (begun.command().outcome() instanceof CommandOutcome.Refused refused) {
      throw ProblemException.conflict(refused.reason());
    }
    return begun;
  }

  private Begun look(long commandId) {
    ModelCommand command = store.get().models().command(commandId).orElseThrow();
    Rollout rollout = store.get().rollouts().ofCommand(commandId).orElse(null);
    return new Begun(
        command,
        rollout,
        rollout == null && command.outcome() == null
            ? "Recorded, taking effect."
            : "It is under way.");
  }

  private static boolean isSettled(Begun begun) {
    return begun.rollout() != null || begun.command().outcome() != null;
  }

  private static void answer(Context ctx, Begun begun) {
    Rollout rollout = begun.rollout();
    if (rollout != null) {
      ctx.header("Location", "/api/v1/rollouts/" + rollout.id());
    }
    ctx.status(isSettled(begun) ? 201 : 202).json(begun);
  }

  private static Canary canary(Wish wish, List<Fault> faults) {
    String strategy = wish.strategy() == null ? CANARY : wish.strategy();
    boolean hasPlan = wish.steps() != null || wish.promoteWhile() != null;
    switch (strategy) {
      case CANARY -> {
        return new Canary(steps(wish.steps(), faults), conditions(wish.promoteWhile(), faults));
      }
      case BLUE_GREEN -> {
        if (hasPlan) {
          faults.add(
              new Fault("strategy", "is blue-green, which has neither steps nor promoteWhile"));
        }
      }
      default ->
          faults.add(
              new Fault("strategy", "is '%s', expected canary or blue-green".formatted(strategy)));
    }
    return new Canary(List.of(new RolloutPlan.Step(100, null)), List.of());
  }

  private static List<RolloutPlan.Step> steps(
      @Nullable List<@Nullable WishedStep> wished, List<Fault> faults) {
    List<RolloutPlan.Step> steps = new ArrayList<>();
    if (wished == null || wished.isEmpty()) {
      faults.add(new Fault("steps", "missing; send rising weights, the last of them 100"));
      return steps;
    }
    for (int i = 0; i < wished.size(); i++) {
      WishedStep step = wished.get(i);
      if (step == null) {
        faults.add(
            new Fault("steps[" + i + "]", "is null; send {\"weight\": 5, \"hold\": \"PT30M\"}"));
        continue;
      }
      String hold = step.hold();
      try {
        steps.add(new RolloutPlan.Step(step.weight(), hold == null ? null : Duration.parse(hold)));
      } catch (DateTimeParseException e) {
        faults.add(
            new Fault(
                "steps[" + i + "].hold",
                "is '%s', expected an ISO 8601 duration such as PT30M".formatted(hold)));
      }
    }
    return steps;
  }

  private static List<Condition> conditions(
      @Nullable List<@Nullable WishedCondition> wished, List<Fault> faults) {
    List<Condition> conditions = new ArrayList<>();
    if (wished == null || wished.isEmpty()) {
      faults.add(
          new Fault(
              "promoteWhile", "missing; say what must hold, such as error_rate at most 0.01"));
      return conditions;
    }
    for (int i = 0; i < wished.size(); i++) {
      condition("promoteWhile[" + i + "]", wished.get(i), faults).ifPresent(conditions::add);
    }
    return conditions;
  }

  private static Optional<Condition> condition(
      String place, @Nullable WishedCondition wished, List<Fault> faults) {
    if (wished == null) {
      faults.add(new Fault(place, "is null; send {\"figure\": \"error_rate\", \"atMost\": 0.01}"));
      return Optional.empty();
    }
    Double bound = wished.atMost();
    if (bound == null || !Double.isFinite(bound) || bound < 0 || wished.atLeast() != null) {
      faults.add(
          new Fault(
              place,
              "needs the bound atMost, a number from 0 on; of each of these figures less is better"));
      return Optional.empty();
    }
    Optional<Signal> signal =
        KNOWN_IN_TIME.stream().filter(known -> word(known).equals(wished.figure())).findFirst();
    if (signal.isEmpty()) {
      faults.add(
          new Fault(
              place + ".figure",
              "is '%s', expected what can be known within a hold: %s"
                  .formatted(
                      wished.figure(),
                      KNOWN_IN_TIME.stream()
                          .map(RolloutRoutes::word)
                          .collect(Collectors.joining(", ")))));
    }
    return signal.map(known -> known.atMost(bound));
  }

  private static String word(Signal signal) {
    return signal.name().toLowerCase(Locale.ROOT);
  }

  /** {@code GET /rollouts}. */
  public void list(Context ctx) {
    ctx.json(
        store
            .get()
            .rollouts()
            .list(
                Query.text(ctx, "model"),
                state(Query.text(ctx, "state")),
                Limits.of(ctx),
                Query.text(ctx, "cursor")));
  }

  private static @Nullable String state(@Nullable String word) {
    if (word == null || word.equals(ACTIVE)) {
      return word;
    }
    List<String> words =
        Arrays.stream(RolloutState.values())
            .map(state -> state.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .toList();
    if (!words.contains(word)) {
      throw ProblemException.badRequest(
          "state is '%s', expected active or one of %s.".formatted(word, String.join(", ", words)));
    }
    return word;
  }

  /** {@code GET /rollouts/{id}}. */
  public void show(Context ctx) {
    long id = Query.id(ctx, "rollout");
    Rollouts rollouts = store.get().rollouts();
    RolloutDetail detail = rollouts.detail(id).orElseThrow(() -> unknown(id));
    Rollout rollout = detail.rollout();
    Instant end = Objects.requireNonNullElseGet(rollout.endedAt(), Instant::now);
    ctx.json(
        new Shown(
            detail,
            rollouts.traffic(
                rollout.model(),
                rollout.startedAt(),
                rollout.endedAt(),
                Rollouts.slice(Duration.between(rollout.startedAt(), end), MOST_SLICES))));
  }

  static UnknownEntityException unknown(long id) {
    return new UnknownEntityException("There is no rollout " + id + ".");
  }

  /** {@code POST /rollouts/{id}/pause}. */
  public void pause(Context ctx) {
    steer(ctx, RolloutControl.Kind.PAUSE);
  }

  /** {@code POST /rollouts/{id}/resume}. */
  public void resume(Context ctx) {
    steer(ctx, RolloutControl.Kind.RESUME);
  }

  /** {@code POST /rollouts/{id}/promote}. */
  public void promote(Context ctx) {
    steer(ctx, RolloutControl.Kind.PROMOTE);
  }

  /** {@code POST /rollouts/{id}/abort}. */
  public void abort(Context ctx) {
    steer(ctx, RolloutControl.Kind.ABORT);
  }

  private void steer(Context ctx, RolloutControl.Kind kind) {
    String reason = ctx.bodyAsBytes().length == 0 ? null : Body.read(ctx, Steer.class).reason();
    RolloutDetail.Control control =
        steering.ask(
            Query.id(ctx, "rollout"),
            kind,
            Caller.of(ctx).acting(ctx),
            reason == null ? "" : reason.strip());
    boolean isSettled = control.taken() != null;
    ctx.status(isSettled ? 200 : 202)
        .json(new Steered(control, isSettled ? control.answer() : "Recorded, taking effect."));
  }
}
