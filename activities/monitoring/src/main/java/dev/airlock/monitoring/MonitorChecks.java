package dev.airlock.monitoring;

import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Acting;
import dev.airlock.store.Alert;
import dev.airlock.store.Alerts;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Labels;
import dev.airlock.store.LiveRoute;
import dev.airlock.store.Models;
import dev.airlock.store.Monitor;
import dev.airlock.store.MonitorCheck;
import dev.airlock.store.Monitors;
import dev.airlock.store.Monitors.RuleState;
import dev.airlock.store.Origin;
import dev.airlock.store.RuleVerdict;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.workflows.MonitorActivities;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Puts monitors in place, measures what has closed, and judges it by the rules. */
public final class MonitorChecks implements MonitorActivities {
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /** More alerts than a model ever has open: one a rule. */
  private static final int OPEN_ALERTS = 1_000;

  private final Monitors monitors;
  private final Models models;
  private final Alerts alerts;
  private final Labels labels;
  private final Versions versions;
  private final Measurements measurements;

  /** Checks on a store. */
  public MonitorChecks(Store store, ArtifactStore artifacts) {
    this.monitors = store.monitors();
    this.models = store.models();
    this.alerts = store.alerts();
    this.labels = store.labels();
    this.versions = new Versions(models, artifacts);
    this.measurements = new Measurements(monitors, labels, store.service());
  }

  @Override
  public StageOutput.InstalledMonitor install(StageTask task) {
    if (!(task.stage().work() instanceof Work.Monitor spec)) {
      throw new IllegalArgumentException(task.key() + " is no monitor");
    }
    Duration every = every(task, spec);
    requireWindows(task, spec);
    String model = model(task);
    long id = monitors.install(task, model, spec, every);
    return new StageOutput.InstalledMonitor(id, model, task.stage().name());
  }

  private static Duration every(StageTask task, Work.Monitor spec) {
    String text = spec.every().in(task.params());
    try {
      Duration every = Duration.parse(text);
      if (every.compareTo(SHORTEST) >= 0) {
        return every;
      }
    } catch (DateTimeException e) {
      // Reported below, with durations that are too short.
    }
    throw badPipeline(
        "%s looks at its model every '%s': expected an ISO 8601 duration of at least a second, such as PT6H"
            .formatted(task.stage().name(), text));
  }

  private static void requireWindows(StageTask task, Work.Monitor spec) {
    try {
      Windows.of(spec.window());
    } catch (IllegalArgumentException e) {
      throw badPipeline(task.stage().name() + ": " + e.getMessage());
    }
  }

  private static String model(StageTask task) {
    return task.inputs().values().stream()
        .filter(StageOutput.LiveVersion.class::isInstance)
        .map(input -> ((StageOutput.LiveVersion) input).model())
        .findFirst()
        .orElseThrow(() -> badPipeline(task.stage().name() + " takes no deployment to watch"));
  }

  private static RuntimeException badPipeline(String message) {
    return StageFailure.of(StageFailure.BAD_PIPELINE, message, List.of());
  }

  @Override
  public long requestScheduled(long monitorId, Instant asOf) {
    return monitors.requestCheck(
        monitorId, asOf, Acting.within("schedule", Origin.Channel.SCHEDULE));
  }

  @Override
  public void measure(long checkId) {
    MonitorCheck check = check(checkId);
    Monitor monitor = monitor(check);
    labels.settleWaiting();
    Optional<Integer> live = models.live(monitor.model()).map(LiveRoute::version);
    for (Monitors.Span span : spans(monitor, check, live)) {
      Versions.Judged judged = versions.judged(monitor.model(), span.version());
      boolean isLive = live.filter(version -> version == span.version()).isPresent();
      measurements.of(monitor, check, span, judged, isLive);
    }
    monitors.noteState(checkId, "measured");
  }

  /** A live version that nobody has asked for anything yet is silent, where that is watched. */
  private List<Monitors.Span> spans(Monitor monitor, MonitorCheck check, Optional<Integer> live) {
    List<Monitors.Span> spans = new ArrayList<>(monitors.spans(monitor.model(), check.asOf()));
    if (Measurements.watchesSilence(monitor)) {
      Instant newest = Windows.of(monitor.spec().window()).lastClosed(check.asOf()).opens();
      live.filter(version -> spans.stream().noneMatch(span -> span.version() == version))
          .ifPresent(version -> spans.add(new Monitors.Span(version, newest, newest)));
    }
    return spans;
  }

  @Override
  public void judge(long checkId) {
    MonitorCheck check = check(checkId);
    Monitor monitor = monitor(check);
    List<Monitors.Memory> remembered = monitors.memories(monitor.model());
    List<RuleVerdict> verdicts =
        models
            .live(monitor.model())
            .map(live -> Rules.judge(facts(monitor, check, live.version())))
            .orElse(List.of());
    monitors.conclude(checkId, remembered, verdicts);
  }

  private RuleFacts facts(Monitor monitor, MonitorCheck check, int live) {
    Versions.Judged judged = versions.judged(monitor.model(), live);
    return new RuleFacts(
        monitor.id(),
        monitor.spec().rules(),
        monitor.params(),
        live,
        check.asOf(),
        judged.horizon(),
        judged.ageDays(check.asOf()),
        monitors.windows(monitor.id()),
        monitors.ruleStates(monitor.id()),
        open(monitor.model()),
        alerts.isRetraining(monitor.model()),
        lastRetrain(monitor.model()));
  }

  private Set<String> open(String model) {
    return alerts.list(model, "open", null, OPEN_ALERTS).stream()
        .map(Alert::cause)
        .collect(Collectors.toSet());
  }

  private @Nullable Instant lastRetrain(String model) {
    return monitors.ofModel(model).stream()
        .flatMap(
            monitor ->
                monitors.ruleStates(monitor.id()).stream()
                    .filter(state -> retrains(monitor.spec().rules(), state.rule())))
        .map(RuleState::firedAsOf)
        .filter(Objects::nonNull)
        .reduce((a, b) -> b.isAfter(a) ? b : a)
        .orElse(null);
  }

  private static boolean retrains(List<RuleSpec> rules, int rule) {
    return IntStream.range(0, rules.size())
        .filter(number -> number == rule)
        .anyMatch(number -> rules.get(number).consequence() == Consequence.RETRAIN);
  }

  private MonitorCheck check(long id) {
    return monitors
        .check(id)
        .orElseThrow(() -> new UnknownEntityException("There is no check " + id));
  }

  private Monitor monitor(MonitorCheck check) {
    return monitors
        .find(check.monitorId())
        .orElseThrow(() -> new UnknownEntityException("There is no monitor " + check.monitorId()));
  }
}
