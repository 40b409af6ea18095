package dev.airlock.web.ui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.scoring.Wilson;
import dev.airlock.store.Alert;
import dev.airlock.store.Monitor;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors;
import dev.airlock.workflows.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a live model does, in one line. What a rule has found counts as long as its alert is open; a
 * bound that is crossed before its rule fires is watched; without either, the newest windows say
 * how it does, and where they can't, nobody can.
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
  private static final String WATCHING = "watching";

  static final Health UNWATCHED =
      new Health(
          "not watched",
          "",
          "Nobody watches this model.",
          "A monitor stage behind its deployment puts a watch in place: pipeline.monitor(\"watch\", live).");

  static int rank(Health health) {
    return switch (health.tone()) {
      case "failed" -> 3;
      case "waiting" -> 2;
      case "" -> 1;
      default -> 0;
    };
  }

  /**
   * By what one monitor has seen of one version.
   *
   * @param windows of the version, oldest first
   * @param states what the rules remember of the version
   * @param open the model's open alerts
   */
  static Health of(
      Monitor monitor,
      List<MonitorWindow> windows,
      List<Monitors.RuleState> states,
      List<Alert> open) {
    List<Alarm> alarms = alarms(monitor, windows, states, open);
    for (String aspect : List.of(SERVICE, PERFORMANCE, DRIFT, "")) {
      for (Alarm alarm : alarms) {
        if (alarm.isOwn() && alarm.aspect().equals(aspect)) {
          return alarm.health();
        }
      }
    }
    for (String aspect : List.of(SERVICE, PERFORMANCE, DRIFT)) {
      Breach breach = breach(monitor, windows, aspect);
      if (breach != null) {
        return new Health(WATCHING, "waiting", breach.line(), follows(monitor, breach));
      }
    }
    Health calm = calm(windows);
    return calm.tone().equals("succeeded") && !alarms.isEmpty() ? alarms.get(0).health() : calm;
  }

  /**
   * A rule whose alert is open.
   *
   * @param aspect that its figure belongs to; empty for the age and the number of predictions
   * @param isOwn whether it has fired on this very version; else on one that was live before
   * @param figure in the newest sufficient window, or null
   * @param breach that this window shows, or null
   */
  private record Alarm(
      RuleSpec rule,
      Alert alert,
      String aspect,
      boolean isOwn,
      @Nullable String figure,
      @Nullable Breach breach) {

    Health health() {
      String head = breach != null ? breach.line() : figure != null ? figure : alert.title();
      String text =
          "%s: alert %d is %s%s."
              .formatted(
                  consequence(rule),
                  alert.id(),
                  alert.state(),
                  alert.runId() == null ? "" : ", run " + alert.runId() + " was started");
      if (!isOwn) {
        return new Health(
            WATCHING, "waiting", alert.title(), text + " A version that was live before is meant.");
      }
      return switch (aspect) {
        case SERVICE, PERFORMANCE -> new Health("degraded, confirmed", "failed", head, text);
        case DRIFT -> new Health("drifting", "waiting", head, text);
        default -> new Health(WATCHING, "waiting", head, text);
      };
    }
  }

  private static List<Alarm> alarms(
      Monitor monitor,
      List<MonitorWindow> windows,
      List<Monitors.RuleState> states,
      List<Alert> open) {
    List<Alarm> alarms = new ArrayList<>();
    List<RuleSpec> rules = monitor.spec().rules();
    for (int i = 0; i < rules.size(); i++) {
      int number = i;
      open.stream()
          .filter(alert -> alert.cause().equals(cause(monitor.id(), number)))
          .findFirst()
          .ifPresent(alert -> alarms.add(alarm(number, rules.get(number), alert, windows, states)));
    }
    return alarms;
  }

  private static Alarm alarm(
      int number,
      RuleSpec rule,
      Alert alert,
      List<MonitorWindow> windows,
      List<Monitors.RuleState> states) {
    String aspect = aspect(rule.condition());
    boolean isOwn =
        states.stream()
            .filter(state -> state.rule() == number)
            .map(Monitors.RuleState::firedAsOf)
            .anyMatch(fired -> fired != null && !fired.isBefore(alert.openedAsOf()));
    MonitorWindow last = newest(windows, aspect, true);
    if (last == null || last.figures().get(rule.condition().figure()) == null) {
      return new Alarm(rule, alert, aspect, isOwn, null, null);
    }
    Condition condition = rule.condition();
    return isBreached(last, condition)
        ? new Alarm(
            rule,
            alert,
            aspect,
            isOwn,
            null,
            new Breach(number, condition, first(windows, last, condition), last))
        : new Alarm(rule, alert, aspect, isOwn, notRecovered(last, rule), null);
  }

  private static String notRecovered(MonitorWindow last, RuleSpec rule) {
    String name = rule.condition().figure();
    Double recovery = rule.recovery();
    return "%s is %s in %s: not recovered, which takes %s."
        .formatted(
            Figures.name(name),
            Figures.say(name, last.figures().get(name)),
            Words.window(last.opens(), last.closes()),
            Figures.bound(name, recovery == null ? rule.condition().bound() : recovery));
  }

  /** Which side of a window a condition looks at; none where no window of a version shows it. */
  private static String aspect(Condition condition) {
    return switch (condition.figure()) {
      case "error_rate", "p99_millis" -> SERVICE;
      case "psi", "ks", "jensen_shannon", "score_shift" -> DRIFT;
      case "predictions", "age_days" -> "";
      default -> PERFORMANCE;
    };
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
      if (aspect(condition).equals(aspect) && isBreached(last, condition)) {
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

  /** Whether the window shows the condition, and more than chance would: as rules see it. */
  static boolean isBreached(MonitorWindow window, Condition condition) {
    Double figure = window.figures().get(condition.figure());
    if (figure == null || !condition.holds(figure)) {
      return false;
    }
    return switch (condition.figure()) {
      case "psi" -> !worst(window, condition).isEmpty();
      case "score_shift" ->
          !Shift.of(Json.read(window.detail(), JsonNode.class).path("score")).isNoise();
      case "error_rate" -> isNoChance(window, condition);
      default -> true;
    };
  }

  private static boolean isNoChance(MonitorWindow window, Condition condition) {
    JsonNode detail = Json.read(window.detail(), JsonNode.class);
    long requests = detail.path("requests").asLong();
    return condition.comparison() == Comparison.AT_MOST
        || (requests > 0
            && Wilson.low(detail.path("errors").asLong(), requests) >= condition.bound());
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

  /** Its rule has not fired. */
  private static String follows(Monitor monitor, Breach breach) {
    Integer rule = breach.rule();
    if (rule == null) {
      return "No rule follows from it.";
    }
    RuleSpec spec = monitor.spec().rules().get(rule);
    String lasting =
        spec.windows() > 1 ? " once it shows in %d windows in a row".formatted(spec.windows()) : "";
    return consequence(spec) + lasting + ".";
  }

  private static String consequence(RuleSpec rule) {
    return "The rule " + Figures.consequence(rule.consequence());
  }

  static String cause(long monitor, int rule) {
    return "monitor/%d/rule/%d".formatted(monitor, rule);
  }
}
