package dev.airlock.web.ui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.store.Alert;
import dev.airlock.store.Monitor;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Store;
import dev.airlock.workflows.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a live model does, in one line: by the newest window of each aspect and the rules on it.
 *
 * @param word such as "drifting" or "degraded, confirmed"
 * @param tone the class that colours the word
 * @param head the line
 * @param text what follows from it
 */
record Health(String word, String tone, String head, String text) {
  static final String DRIFT = "drift";
  static final String PERFORMANCE = "performance";
  static final String SERVICE = "service";

  static final Health UNWATCHED =
      new Health(
          "not watched",
          "",
          "Nobody watches this model.",
          "A monitor stage behind its deployment puts a watch in place: pipeline.monitor(\"watch\", live).");

  /** The health of a model's live version. */
  static Health of(Store store, String model, int live) {
    List<Monitor> monitors = store.monitors().ofModel(model);
    if (monitors.isEmpty()) {
      return UNWATCHED;
    }
    List<Alert> open = store.alerts().list(model, "open", null, 100);
    return monitors.stream()
        .map(
            monitor ->
                of(
                    monitor,
                    store.monitors().windows(monitor.id()).stream()
                        .filter(window -> window.version() == live)
                        .toList(),
                    open))
        .max(Comparator.comparingInt(Health::rank))
        .orElse(UNWATCHED);
  }

  private static int rank(Health health) {
    return switch (health.tone()) {
      case "failed" -> 3;
      case "waiting" -> 2;
      case "" -> 1;
      default -> 0;
    };
  }

  /**
   * By the windows of one monitor.
   *
   * @param windows of the live version, oldest first
   * @param open the model's open alerts
   */
  static Health of(Monitor monitor, List<MonitorWindow> windows, List<Alert> open) {
    for (String aspect : List.of(SERVICE, PERFORMANCE)) {
      Breach breach = breach(monitor, windows, aspect);
      if (breach != null) {
        return new Health(
            "degraded, confirmed", "failed", breach.line(), follows(monitor, breach, open));
      }
    }
    Breach drift = breach(monitor, windows, DRIFT);
    if (drift != null) {
      return new Health("drifting", "waiting", drift.line(), follows(monitor, drift, open));
    }
    return calm(windows);
  }

  private static Health calm(List<MonitorWindow> windows) {
    MonitorWindow drift = newest(windows, DRIFT, false);
    if (drift == null) {
      return new Health(
          "insufficient data",
          "",
          "No window of the live version has been measured yet.",
          "A window is measured once it has closed and a check looks at it.");
    }
    MonitorWindow performance = newest(windows, PERFORMANCE, false);
    for (MonitorWindow window :
        performance == null ? List.of(drift) : List.of(performance, drift)) {
      if (!window.sufficient()) {
        return new Health(
            "insufficient data",
            "",
            "%s in %s: too little to say, which is no pass."
                .formatted(
                    window.aspect().equals(DRIFT)
                        ? Words.counted(window.rows(), "prediction", "predictions")
                        : Words.counted(window.rows(), "known outcome", "known outcomes"),
                    Words.window(window.opens(), window.closes())),
            "It is measured again by later checks.");
      }
    }
    String moved =
        "Nothing has moved beyond its bound in %s."
            .formatted(Words.window(drift.opens(), drift.closes()));
    return performance == null
        ? new Health(
            "healthy",
            "succeeded",
            moved,
            "No outcomes are known yet, so only the inputs are judged.")
        : new Health(
            "healthy",
            "succeeded",
            moved,
            "Outcomes are known up to %s; every bound on them holds."
                .formatted(Words.window(performance.opens(), performance.closes())));
  }

  /** A rule whose condition the newest window shows, or no rule but a shift that is large. */
  private record Breach(
      @Nullable Integer rule, Condition condition, MonitorWindow since, MonitorWindow last) {
    String line() {
      String name = condition.figure();
      String where = worst(last, condition);
      String period = Words.window(last.opens(), last.closes());
      String line =
          "%s%s is %s in %s, bound %s"
              .formatted(
                  Figures.name(name),
                  where.isEmpty() ? "" : " of " + where,
                  Figures.say(name, last.figures().get(name)),
                  period,
                  Figures.bound(name, condition.bound()));
      return since.opens().equals(last.opens())
          ? line + "."
          : line + ", since " + Words.window(since.opens(), since.closes()) + ".";
    }
  }

  private static @Nullable Breach breach(
      Monitor monitor, List<MonitorWindow> windows, String aspect) {
    MonitorWindow last = newest(windows, aspect, true);
    if (last == null) {
      return null;
    }
    List<RuleSpec> rules = monitor.spec().rules();
    for (int i = 0; i < rules.size(); i++) {
      Condition condition = rules.get(i).condition();
      if (isBreached(last, condition)) {
        return new Breach(i, condition, first(windows, last, condition), last);
      }
    }
    Condition common = Signal.PSI.atLeast(Shift.LARGE);
    boolean hasRule = rules.stream().anyMatch(rule -> rule.condition().figure().equals("psi"));
    return !hasRule && isBreached(last, common)
        ? new Breach(null, common, first(windows, last, common), last)
        : null;
  }

  private static @Nullable MonitorWindow newest(
      List<MonitorWindow> windows, String aspect, boolean onlySufficient) {
    MonitorWindow newest = null;
    for (MonitorWindow window : windows) {
      if (window.aspect().equals(aspect)
          && (window.sufficient() || !onlySufficient)
          && (newest == null || window.opens().isAfter(newest.opens()))) {
        newest = window;
      }
    }
    return newest;
  }

  /** The first of the breaches in a row; windows that say nothing are passed over. */
  private static MonitorWindow first(
      List<MonitorWindow> windows, MonitorWindow last, Condition condition) {
    MonitorWindow first = last;
    for (MonitorWindow window :
        windows.stream()
            .filter(window -> window.aspect().equals(last.aspect()) && window.sufficient())
            .sorted(Comparator.comparing(MonitorWindow::opens).reversed())
            .toList()) {
      if (!isBreached(window, condition)) {
        return first;
      }
      first = window;
    }
    return first;
  }

  /** Whether the window shows the condition; a PSI within its noise shows nothing. */
  static boolean isBreached(MonitorWindow window, Condition condition) {
    Double figure = window.figures().get(condition.figure());
    if (figure == null || !condition.holds(figure)) {
      return false;
    }
    return switch (condition.figure()) {
      case "psi" -> !worst(window, condition).isEmpty();
      case "score_shift" ->
          !Shift.of(Json.read(window.detail(), JsonNode.class).path("score")).isNoise();
      default -> true;
    };
  }

  /** The feature that has moved furthest beyond its noise; empty for figures of no feature. */
  private static String worst(MonitorWindow window, Condition condition) {
    if (!window.aspect().equals(DRIFT) || condition.figure().equals("score_shift")) {
      return "";
    }
    List<Shift.Named> shifts = new ArrayList<>(Shift.features(window));
    shifts.removeIf(named -> named.shift().isNoise());
    return shifts.stream()
        .max(Comparator.comparingDouble(named -> named.shift().figure(condition.figure())))
        .filter(
            named ->
                condition.comparison() == Comparison.AT_MOST
                    || condition.holds(named.shift().figure(condition.figure())))
        .map(Shift.Named::feature)
        .orElse("");
  }

  private static String follows(Monitor monitor, Breach breach, List<Alert> open) {
    Integer rule = breach.rule();
    if (rule == null) {
      return "No rule follows from it.";
    }
    String cause = cause(monitor.id(), rule);
    Alert alert =
        open.stream()
            .filter(known -> Objects.equals(known.cause(), cause))
            .findFirst()
            .orElse(null);
    RuleSpec spec = monitor.spec().rules().get(rule);
    String consequence =
        switch (spec.consequence()) {
          case OPEN_TICKET -> "The rule opens a ticket";
          case RETRAIN -> "The rule starts a new run";
          case ROLL_BACK -> "The rule rolls back";
        };
    String lasting =
        spec.windows() > 1 ? " once it shows in %d windows in a row".formatted(spec.windows()) : "";
    return alert == null
        ? consequence + lasting + "."
        : "%s%s: alert %d is %s%s."
            .formatted(
                consequence,
                lasting,
                alert.id(),
                alert.state(),
                alert.runId() == null ? "" : ", run " + alert.runId() + " was started");
  }

  static String cause(long monitor, int rule) {
    return "monitor/%d/rule/%d".formatted(monitor, rule);
  }
}
