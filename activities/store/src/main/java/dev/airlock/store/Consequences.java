package dev.airlock.store;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.workflows.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What follows from the rules of one check, written down in the caller's transaction. */
final class Consequences {

  private final Handle handle;
  private final Monitor monitor;
  private final MonitorCheck check;
  private boolean hasRetrained;

  private Consequences(Handle handle, Monitor monitor, MonitorCheck check) {
    this.handle = handle;
    this.monitor = monitor;
    this.check = check;
  }

  static void carryOut(
      Handle handle, long checkId, List<Monitors.Memory> judgedOn, List<RuleVerdict> verdicts) {
    Monitors monitors = handle.attach(Monitors.class);
    MonitorCheck check =
        monitors
            .check(checkId)
            .orElseThrow(() -> new UnknownEntityException("There is no check " + checkId + "."));
    String model = monitors.find(check.monitorId()).orElseThrow().model();
    lock(handle, model);
    if (monitors.check(checkId).orElseThrow().state().equals("done")) {
      return;
    }
    if (!monitors.memories(model).equals(judgedOn)) {
      throw new OvertakenException(
          "Check %d of %s was judged on what another check has changed since; it is judged again."
              .formatted(checkId, model));
    }
    Monitor monitor = monitors.find(check.monitorId()).orElseThrow();
    Consequences consequences = new Consequences(handle, monitor, check);
    verdicts.forEach(consequences::carryOut);
    monitors.noteState(checkId, "done");
  }

  /**
   * Has the checks of a model concluded one after another: its monitors share a cooldown. Locks
   * without the right to change the rows' keys, so that new windows may go on naming them.
   */
  static void lock(Handle handle, String model) {
    handle
        .createQuery("select id from monitor where model = :model order by id for no key update")
        .bind("model", model)
        .mapTo(Long.class)
        .list();
  }

  private void carryOut(RuleVerdict verdict) {
    remember(verdict.after());
    Alerts alerts = handle.attach(Alerts.class);
    if (verdict.recovery() != null) {
      alerts.recover(verdict.cause(), check.asOf(), verdict.recovery());
    }
    RuleVerdict.Firing firing = verdict.firing();
    if (firing == null) {
      return;
    }
    Optional<Alert> open = alerts.ofCause(verdict.cause());
    if (open.isEmpty()) {
      fire(verdict, firing);
    } else if (firing.consequence() == Consequence.RETRAIN
        && !alerts.isRetraining(monitor.model())) {
      retrainAgain(open.get(), verdict, firing);
    }
  }

  private void remember(Monitors.RuleState state) {
    handle
        .createUpdate(
            """
            insert into rule_state (monitor_id, rule, version, streak, last_window, fired_as_of)
            values (:monitor, :rule, :version, :streak, :lastWindow, :firedAsOf)
            on conflict (monitor_id, rule, version) do update
              set streak = excluded.streak, last_window = excluded.last_window,
                  fired_as_of = excluded.fired_as_of
            """)
        .bind("monitor", monitor.id())
        .bind("rule", state.rule())
        .bind("version", state.version())
        .bind("streak", state.streak())
        .bind("lastWindow", state.lastWindow())
        .bind("firedAsOf", state.firedAsOf())
        .execute();
  }

  private void fire(RuleVerdict verdict, RuleVerdict.Firing firing) {
    switch (firing.consequence()) {
      case OPEN_TICKET -> open(verdict, firing, firing.title());
      case RETRAIN -> retrain(verdict, firing);
      case ROLL_BACK -> rollBack(verdict, firing);
    }
  }

  private Alert open(RuleVerdict verdict, RuleVerdict.Firing firing, String title) {
    return handle
        .attach(Alerts.class)
        .open(
            new Alerts.NewAlert(
                monitor.model(),
                monitor.id(),
                null,
                verdict.cause(),
                Words.of(firing.consequence()),
                title,
                firing.figures(),
                check.asOf()));
  }

  private void retrain(RuleVerdict verdict, RuleVerdict.Firing firing) {
    if (hasRetrained) {
      open(verdict, firing, firing.title() + " Another rule has started a run already.");
      return;
    }
    Wish wish = wish(verdict, firing);
    if (wish.objection() != null) {
      open(verdict, firing, firing.title() + " No run was started: " + wish.objection());
      return;
    }
    hasRetrained = true;
    Alert alert = open(verdict, firing, firing.title());
    handle.attach(Alerts.class).led(alert.id(), wish.runId(), null);
  }

  private void retrainAgain(Alert alert, RuleVerdict verdict, RuleVerdict.Firing firing) {
    Wish wish = wish(verdict, firing);
    if (wish.runId() != null) {
      hasRetrained = true;
      handle.attach(Alerts.class).led(alert.id(), wish.runId(), null);
    }
  }

  private Wish wish(RuleVerdict verdict, RuleVerdict.Firing firing) {
    Pipelines pipelines = handle.attach(Pipelines.class);
    Optional<PipelineSummary> pipeline = pipelines.find(monitor.pipeline());
    if (pipeline.isEmpty() || pipeline.get().unpublishedAt() != null) {
      return Wish.none("pipeline %s is not published any more.".formatted(monitor.pipeline()));
    }
    if (pipeline.get().paused()) {
      return Wish.none("pipeline %s is paused.".formatted(monitor.pipeline()));
    }
    try {
      PipelineVersion version = pipelines.runnable(monitor.pipeline());
      return new Wish(
          handle.attach(Runs.class).request(newRun(version, verdict, firing)).id(), null);
    } catch (InvalidParamsException e) {
      return Wish.none(String.join(" ", e.problems()));
    } catch (UnknownEntityException e) {
      return Wish.none(String.valueOf(e.getMessage()));
    }
  }

  private NewRun newRun(PipelineVersion version, RuleVerdict verdict, RuleVerdict.Firing firing) {
    return new NewRun(
        monitor.pipeline(),
        stillKnown(version),
        check.asOf(),
        new Acting(version.publishedBy(), rule()),
        "monitor",
        firing.title(),
        Json.write(trigger(verdict, firing)),
        "monitor/%d/check/%d".formatted(monitor.id(), check.id()));
  }

  private Origin rule() {
    return Origin.within(Origin.Channel.RULE, "check " + check.id());
  }

  /** The monitor's params, without those that the pipeline has dropped since. */
  private Map<String, String> stillKnown(PipelineVersion version) {
    Map<String, String> known = new TreeMap<>();
    version
        .graph()
        .params()
        .forEach(
            param -> {
              String value = monitor.params().get(param.name());
              if (value != null) {
                known.put(param.name(), value);
              }
            });
    return known;
  }

  private Trigger trigger(RuleVerdict verdict, RuleVerdict.Firing firing) {
    int rule = verdict.after().rule();
    List<RuleSpec> rules = monitor.spec().rules();
    return new Trigger(
        "monitor",
        monitor.name(),
        monitor.id(),
        check.id(),
        check.asOf(),
        rule,
        rule < rules.size() ? rules.get(rule).condition() : null,
        verdict.after().version(),
        firing.title(),
        new TreeMap<>(firing.figures()));
  }

  private void rollBack(RuleVerdict verdict, RuleVerdict.Firing firing) {
    CommandRequest request =
        Rollbacks.awayFrom(
            handle,
            monitor.model(),
            verdict.after().version(),
            new Acting("monitor " + monitor.name(), rule()),
            firing.title());
    if (request instanceof CommandRequest.Recorded recorded) {
      Alert alert = open(verdict, firing, firing.title());
      handle.attach(Alerts.class).led(alert.id(), null, recorded.commandId());
    } else {
      open(verdict, firing, firing.title() + " Nothing was rolled back: " + objection(request));
    }
  }

  private static String objection(CommandRequest request) {
    if (request instanceof CommandRequest.Forbidden forbidden) {
      return forbidden.reason();
    }
    return request instanceof CommandRequest.Conflict conflict ? conflict.reason() : "";
  }

  /** A run that was asked for, or why there is none. */
  private record Wish(@Nullable Long runId, @Nullable String objection) {
    static Wish none(String objection) {
      return new Wish(null, objection);
    }
  }

  /**
   * What a run keeps of what started it.
   *
   * @param kind {@code monitor}
   * @param rule its place among the monitor's rules, from 0
   * @param version the version of the model that it is about
   */
  private record Trigger(
      String kind,
      String monitor,
      long monitorId,
      long checkId,
      Instant asOf,
      int rule,
      @Nullable Condition condition,
      int version,
      String title,
      TreeMap<String, Double> figures) {}
}
