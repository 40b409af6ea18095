package dev.airlock.web.ui;

import dev.airlock.store.Alert;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.LiveRoute;
import dev.airlock.store.Monitor;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a model does since it is live, and what its monitor makes of it. */
public final class MonitoringPages {
  private static final int MOST_CHECKS = 8;
  private static final int MOST_ALERTS = 100;
  private static final int SHOWN_ALERTS = 5;

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;
  private final Frame frame;

  public MonitoringPages(Supplier<Store> store, ArtifactStore artifacts, Frame frame) {
    this.store = store;
    this.artifacts = artifacts;
    this.frame = frame;
  }

  /** {@code GET /models/{name}/monitoring}. */
  public void show(Context ctx) {
    show(ctx, null);
  }

  /** {@code GET /monitoring}. */
  public void list(Context ctx) {
    frame.render(
        ctx,
        "monitors",
        MonitorsPage.of(
            store.get(),
            frame
                .chrome(ctx, "Monitoring", "monitoring", Crumb.here("Monitoring"))
                .following("monitors", "models", "alerts"),
            Query.text(ctx, "cursor"),
            Instant.now()));
  }

  private void show(Context ctx, @Nullable String problem) {
    String model = model(ctx);
    Store open = store.get();
    LiveRoute live = open.models().live(model).orElse(null);
    List<Monitor> monitors = open.monitors().ofModel(model);
    Monitor monitor = chosen(monitors, Query.text(ctx, "monitor"));
    Chrome chrome =
        frame
            .chrome(
                ctx,
                model + ", monitoring",
                "monitoring",
                new Crumb("Models", "/models"),
                new Crumb(model, "/models/" + model),
                Crumb.here("Monitoring"))
            .following("model:" + model, "monitors");
    boolean mayOperate = Caller.of(ctx).may(Permission.MONITOR);
    frame.render(
        ctx,
        "monitoring",
        monitor == null
            ? unwatched(chrome, model, live, mayOperate)
            : page(ctx, chrome, model, live, monitors, monitor, mayOperate, problem));
  }

  private String model(Context ctx) {
    String model = ctx.pathParam("name");
    if (store.get().models().find(model).isEmpty()) {
      throw new UnknownEntityException("There is no model '" + model + "'.");
    }
    return model;
  }

  private static @Nullable Monitor chosen(List<Monitor> monitors, @Nullable String wanted) {
    for (Monitor monitor : monitors) {
      if (Long.toString(monitor.id()).equals(wanted)) {
        return monitor;
      }
    }
    return monitors.isEmpty() ? null : monitors.get(0);
  }

  private static MonitoringPage unwatched(
      Chrome chrome, String model, @Nullable LiveRoute live, boolean mayOperate) {
    Health health = Health.UNWATCHED;
    return new MonitoringPage(
        chrome,
        model,
        new Verdict("wait", health.head(), health.text()),
        health.word(),
        health.tone(),
        live == null ? 0 : live.version(),
        live != null,
        List.of(),
        List.of(),
        null,
        new MonitoringPage.Drift(List.of(), List.of(), List.of(), null, "", List.of()),
        List.of(),
        null,
        List.of(),
        List.of(),
        List.of(),
        mayOperate,
        null);
  }

  private MonitoringPage page(
      Context ctx,
      Chrome chrome,
      String model,
      @Nullable LiveRoute live,
      List<Monitor> monitors,
      Monitor monitor,
      boolean mayOperate,
      @Nullable String problem) {
    Store open = store.get();
    Instant now = Instant.now();
    List<MonitorWindow> all = open.monitors().windows(monitor.id());
    TreeSet<Integer> versions = new TreeSet<>(Comparator.reverseOrder());
    all.forEach(window -> versions.add(window.version()));
    if (live != null) {
      versions.add(live.version());
    }
    int version = version(Query.text(ctx, "version"), versions, live);
    List<MonitorWindow> windows =
        all.stream().filter(window -> window.version() == version).toList();
    List<Alert> alerts = new ArrayList<>(open.alerts().list(model, "open", null, MOST_ALERTS));
    List<Monitors.RuleState> states = open.monitors().ruleStates(monitor.id());
    Health health =
        Health.of(
            monitor,
            windows,
            states.stream().filter(state -> state.version() == version).toList(),
            alerts);
    List<Alert> shown = alerts.stream().limit(SHOWN_ALERTS).toList();
    alerts.addAll(open.alerts().list(model, "closed", null, MOST_ALERTS));
    MonitoringPicture picture =
        new MonitoringPicture(
            monitor,
            version,
            windows,
            open.monitors().checks(monitor.id(), MOST_CHECKS),
            states,
            alerts,
            horizon(open, model, version),
            now);
    return new MonitoringPage(
        chrome,
        model,
        new Verdict(verdictTone(health), health.head(), health.text()),
        health.word(),
        health.tone(),
        version,
        live != null && live.version() == version,
        monitors.size() < 2
            ? List.of()
            : monitors.stream()
                .map(
                    each ->
                        new RunPages.RunsPage.Filter(
                            each.name(),
                            link(model, each.id(), version),
                            each.id() == monitor.id() ? "true" : null))
                .toList(),
        versions.size() < 2
            ? List.of()
            : versions.stream()
                .map(
                    each ->
                        new RunPages.RunsPage.Filter(
                            "v" + each + (live != null && live.version() == each ? ", live" : ""),
                            link(model, monitor.id(), each),
                            each == version ? "true" : null))
                .toList(),
        picture.watch(),
        picture.drift(),
        picture.outcomes(),
        picture.auc(),
        picture.service(),
        picture.rules(),
        shown.stream().map(alert -> AlertPages.Row.of(alert, now)).toList(),
        mayOperate,
        problem);
  }

  private static String verdictTone(Health health) {
    return switch (health.tone()) {
      case "failed" -> "bad";
      case "succeeded" -> "good";
      default -> "wait";
    };
  }

  private static int version(
      @Nullable String wanted, SortedSet<Integer> versions, @Nullable LiveRoute live) {
    for (int version : versions) {
      if (Integer.toString(version).equals(wanted)) {
        return version;
      }
    }
    if (live != null) {
      return live.version();
    }
    return versions.isEmpty() ? 0 : versions.first();
  }

  private static String link(String model, long monitor, int version) {
    return "/models/%s/monitoring?monitor=%d&version=%d".formatted(model, monitor, version);
  }

  /** How long an outcome takes: the embargo that the version was judged under. */
  private @Nullable Integer horizon(Store open, String model, int version) {
    return open.models()
        .version(model, version)
        .map(
            row ->
                Json.read(
                        new String(artifacts.get(row.evidenceDigest()), StandardCharsets.UTF_8),
                        Evidence.class)
                    .embargoDays())
        .orElse(null);
  }

  /** {@code POST /models/{name}/monitoring/checks}, from a form. */
  public void check(Context ctx) {
    String model = model(ctx);
    Monitor monitor = monitor(ctx, model);
    String asOf = ctx.formParam("asOf");
    try {
      Instant moment =
          asOf == null || asOf.isBlank()
              ? Instant.now()
              : Query.momentThatHasCome("The moment", asOf.strip());
      store.get().monitors().requestCheck(monitor.id(), moment, Caller.of(ctx).acting(ctx));
      ctx.redirect(
          "/models/%s/monitoring?monitor=%d&done=checking".formatted(model, monitor.id()),
          HttpStatus.SEE_OTHER);
    } catch (ProblemException e) {
      show(ctx.status(e.problem().status()), e.problem().detail());
    }
  }

  /** {@code POST /models/{name}/monitoring/pause}, from a form. */
  public void pause(Context ctx) {
    String model = model(ctx);
    Monitor monitor = monitor(ctx, model);
    boolean paused = "true".equals(ctx.formParam("paused"));
    store.get().monitors().pause(monitor.id(), paused, Caller.of(ctx).acting(ctx));
    ctx.redirect(
        "/models/%s/monitoring?monitor=%d&done=%s"
            .formatted(model, monitor.id(), paused ? "unwatched" : "watched"),
        HttpStatus.SEE_OTHER);
  }

  private Monitor monitor(Context ctx, String model) {
    String id = ctx.formParam("monitor");
    return store.get().monitors().ofModel(model).stream()
        .filter(monitor -> Long.toString(monitor.id()).equals(id))
        .findFirst()
        .orElseThrow(
            () -> ProblemException.notFound("%s has no monitor '%s'.".formatted(model, id)));
  }
}
