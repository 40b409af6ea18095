package dev.airlock.web.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.store.Alert;
import dev.airlock.store.Monitor;
import dev.airlock.store.MonitorCheck;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Watches over models: what they look for, what they have seen, and a look right now. */
public final class MonitorRoutes {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String DONE = "done";

  private final Supplier<Store> store;

  public MonitorRoutes(Supplier<Store> store) {
    this.store = store;
  }

  /**
   * A rule with what it remembers.
   *
   * @param states one for each version that it has been held against
   * @param alert its open one, or null
   */
  private record Rule(
      int number,
      @JsonUnwrapped RuleSpec spec,
      List<Monitors.RuleState> states,
      @Nullable Alert alert) {}

  /**
   * One in the list.
   *
   * @param lastAsOf what counted as now for its newest check; null before the first
   */
  private record Listed(@JsonUnwrapped Monitor monitor, @Nullable Instant lastAsOf) {}

  private record Shown(
      @JsonUnwrapped Monitor monitor,
      List<Rule> rules,
      List<MonitorWindow> windows,
      List<MonitorCheck> checks) {}

  private record Change(@Nullable Boolean paused) {}

  private record Wish(@Nullable String asOf) {}

  /** {@code GET /monitors}. */
  public void list(Context ctx) {
    String model = Query.text(ctx, "model");
    Monitors monitors = store.get().monitors();
    Page<Monitor> page = monitors.page(model, Limits.ofShortList(ctx), Query.text(ctx, "cursor"));
    Map<Long, Instant> looks =
        monitors.lastChecks(page.items().stream().map(Monitor::id).toList()).stream()
            .collect(Collectors.toMap(MonitorCheck::monitorId, MonitorCheck::asOf));
    ctx.json(
        new Page<>(
            page.items().stream()
                .map(monitor -> new Listed(monitor, looks.get(monitor.id())))
                .toList(),
            page.next()));
  }

  /** {@code GET /monitors/{id}}, with its newest checks, as many as {@code limit} says. */
  public void show(Context ctx) {
    ctx.json(shown(find(ctx), Limits.of(ctx)));
  }

  private Monitor find(Context ctx) {
    long id = Query.id(ctx, "monitor");
    return store
        .get()
        .monitors()
        .find(id)
        .orElseThrow(() -> new UnknownEntityException("There is no monitor " + id + "."));
  }

  private Shown shown(Monitor monitor, int checks) {
    Monitors monitors = store.get().monitors();
    return new Shown(
        monitor,
        rules(monitor),
        monitors.windows(monitor.id()),
        monitors.checks(monitor.id(), checks));
  }

  private List<Rule> rules(Monitor monitor) {
    Store open = store.get();
    List<Monitors.RuleState> states = open.monitors().ruleStates(monitor.id());
    List<RuleSpec> specs = monitor.spec().rules();
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      int number = i;
      rules.add(
          new Rule(
              number,
              specs.get(i),
              states.stream().filter(state -> state.rule() == number).toList(),
              open.alerts()
                  .ofCause("monitor/%d/rule/%d".formatted(monitor.id(), number))
                  .orElse(null)));
    }
    return rules;
  }

  /** {@code PATCH /monitors/{id}}. */
  public void change(Context ctx) {
    Monitor monitor = find(ctx);
    Boolean paused = Body.read(ctx, Change.class).paused();
    if (paused == null) {
      throw ProblemException.badRequest(
          "Nothing to change: send {\"paused\": true} or {\"paused\": false}.",
          List.of(new Fault("paused", "missing; send true or false")));
    }
    store.get().monitors().pause(monitor.id(), paused, Caller.of(ctx).acting(ctx));
    ctx.json(shown(find(ctx), Limits.of(ctx)));
  }

  /** {@code POST /monitors/{id}/checks}: waits up to ten seconds for what it finds. */
  public void check(Context ctx) {
    Monitor monitor = find(ctx);
    String asOf = Body.read(ctx, Wish.class).asOf();
    if (asOf == null) {
      throw ProblemException.badRequest(
          "The check needs a moment: a monitor goes by event time, never by the clock.",
          List.of(new Fault("asOf", "missing; send a moment such as 1998-04-01T00:00:00Z")));
    }
    Instant moment = Query.momentThatHasCome("asOf", asOf);
    Monitors monitors = store.get().monitors();
    long id = monitors.requestCheck(monitor.id(), moment, Caller.of(ctx).acting(ctx));
    MonitorCheck check =
        Patience.until(PATIENCE, () -> monitors.check(id).orElseThrow(), found -> isDone(found));
    ctx.status(isDone(check) ? 200 : 202)
        .header("Location", "/api/v1/monitors/%d/checks/%d".formatted(monitor.id(), id))
        .json(check);
  }

  private static boolean isDone(MonitorCheck check) {
    return check.state().equals(DONE);
  }

  /** {@code GET /monitors/{id}/checks/{check}}. */
  public void showCheck(Context ctx) {
    Monitor monitor = find(ctx);
    long id = Query.number("check", ctx.pathParam("check"));
    ctx.json(
        store
            .get()
            .monitors()
            .check(id)
            .filter(check -> check.monitorId() == monitor.id())
            .orElseThrow(
                () ->
                    new UnknownEntityException(
                        "There is no check %d of monitor %d.".formatted(id, monitor.id()))));
  }
}
