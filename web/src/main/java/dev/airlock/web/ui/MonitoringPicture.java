package dev.airlock.web.ui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.store.Alert;
import dev.airlock.store.Monitor;
import dev.airlock.store.MonitorCheck;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors;
import dev.airlock.web.drawing.IntervalChart;
import dev.airlock.web.ui.MonitoringPage.Cell;
import dev.airlock.web.ui.MonitoringPage.Line;
import dev.airlock.web.ui.RunPage.Fact;
import dev.airlock.workflows.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the page of a model's monitoring out of the windows of one monitor and one version. */
final class MonitoringPicture {
  private static final int MOST_WINDOWS = 12;
  private static final Cell NOT_MEASURED = new Cell("–", "", "none", "not measured");

  private final Monitor monitor;
  private final List<MonitorWindow> windows;
  private final List<MonitorCheck> checks;
  private final List<Monitors.RuleState> states;
  private final List<Alert> alerts;
  private final @Nullable Integer horizonDays;
  private final int version;
  private final Instant now;

  /**
   * Takes the rows.
   *
   * @param windows of the version, oldest first
   * @param alerts of the model, newest first, open and closed
   * @param horizonDays after which an outcome is known; null where nobody has said so
   */
  MonitoringPicture(
      Monitor monitor,
      int version,
      List<MonitorWindow> windows,
      List<MonitorCheck> checks,
      List<Monitors.RuleState> states,
      List<Alert> alerts,
      @Nullable Integer horizonDays,
      Instant now) {
    this.monitor = monitor;
    this.version = version;
    this.windows = windows;
    this.checks = checks;
    this.states = states;
    this.alerts = alerts;
    this.horizonDays = horizonDays;
    this.now = now;
  }

  private List<MonitorWindow> newest(String aspect) {
    List<MonitorWindow> of =
        windows.stream()
            .filter(window -> window.aspect().equals(aspect))
            .sorted(Comparator.comparing(MonitorWindow::opens))
            .toList();
    return of.subList(Math.max(0, of.size() - MOST_WINDOWS), of.size());
  }

  private static String name(MonitorWindow window) {
    return Words.window(window.opens(), window.closes());
  }

  MonitoringPage.Watch watch() {
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.of("Monitor", monitor.name()));
    facts.add(Fact.of("Looks every", Words.span(monitor.every())));
    facts.add(Fact.of("Windows", window()));
    facts.add(Fact.of("Needs", Words.count(monitor.spec().minimum()) + " rows a window"));
    if (horizonDays != null) {
      facts.add(Fact.of("Outcomes", "known after " + Words.counted(horizonDays, "day", "days")));
    }
    facts.add(new Fact("Put in place by", "run " + monitor.runId(), "/runs/" + monitor.runId()));
    facts.add(new Fact("Retrains", monitor.pipeline(), "/pipelines/" + monitor.pipeline()));
    return new MonitoringPage.Watch(
        monitor.id(),
        monitor.name(),
        monitor.paused(),
        facts,
        checks.stream().map(this::check).toList());
  }

  private String window() {
    long months = monitor.spec().window().toTotalMonths();
    return months > 0
        ? Words.counted(months, "month", "months")
        : Words.counted(monitor.spec().window().get(ChronoUnit.DAYS), "day", "days");
  }

  private MonitoringPage.Check check(MonitorCheck check) {
    boolean isDone = check.state().equals("done");
    return new MonitoringPage.Check(
        Timed.date("", check.asOf(), ""),
        check.requestedBy(),
        isDone ? "done" : check.state().equals("queued") ? "queued" : "measured",
        isDone ? "succeeded" : "running",
        Timed.ago("", check.requestedAt(), now, ""));
  }

  MonitoringPage.Drift drift() {
    List<MonitorWindow> shown = newest(Health.DRIFT);
    List<Map<String, Shift>> shifts =
        shown.stream()
            .map(
                window ->
                    Shift.features(window).stream()
                        .collect(Collectors.toMap(Shift.Named::feature, Shift.Named::shift)))
            .toList();
    Set<String> features = new LinkedHashSet<>();
    shown.forEach(window -> Shift.features(window).forEach(named -> features.add(named.feature())));
    List<Line> lines = new ArrayList<>();
    for (String feature : sorted(features, shifts)) {
      List<Cell> cells = new ArrayList<>();
      for (int i = 0; i < shown.size(); i++) {
        cells.add(cell(feature, shown.get(i), shifts.get(i).get(feature)));
      }
      lines.add(new Line(feature, cells));
    }
    List<Cell> scores =
        shown.stream()
            .map(
                window -> {
                  JsonNode score = Json.read(window.detail(), JsonNode.class).path("score");
                  return cell("score", window, score.isObject() ? Shift.of(score) : null);
                })
            .toList();
    MonitorWindow last = shown.isEmpty() ? null : shown.get(shown.size() - 1);
    return new MonitoringPage.Drift(
        shown.stream().map(MonitoringPicture::name).toList(),
        shown.stream().map(window -> Words.count(window.rows())).toList(),
        lines,
        scores.isEmpty() ? null : new Line("score", scores),
        last == null ? "" : name(last),
        last == null ? List.of() : details(last));
  }

  /** The one that has moved furthest in the newest window first. */
  private static List<String> sorted(Set<String> features, List<Map<String, Shift>> shifts) {
    Map<String, Shift> last = shifts.isEmpty() ? Map.of() : shifts.get(shifts.size() - 1);
    Function<String, Double> psi =
        feature -> {
          Shift shift = last.get(feature);
          return shift == null || !Double.isFinite(shift.psi()) ? -1 : shift.psi();
        };
    return features.stream().sorted(Comparator.comparing(psi).reversed()).toList();
  }

  private static Cell cell(String what, MonitorWindow window, @Nullable Shift shift) {
    if (!window.sufficient()) {
      return new Cell(
          "–",
          "too few",
          "none",
          "%s, %s: insufficient data, which is no pass".formatted(what, name(window)));
    }
    if (shift == null) {
      return NOT_MEASURED;
    }
    return new Cell(
        shift.sign(),
        Words.figure(shift.psi()),
        shift.reading(),
        "%s, %s: PSI %s (noise up to %s), KS %s, Jensen–Shannon %s, %s"
            .formatted(
                what,
                name(window),
                Words.figure(shift.psi()),
                Words.figure(shift.noise()),
                Words.figure(shift.ks()),
                Words.figure(shift.jensenShannon()),
                Words.counted(shift.rows(), "row", "rows")));
  }

  private static List<MonitoringPage.Detail> details(MonitorWindow window) {
    List<Shift.Named> all = new ArrayList<>(Shift.features(window));
    all.sort(Comparator.comparingDouble((Shift.Named named) -> named.shift().psi()).reversed());
    JsonNode score = Json.read(window.detail(), JsonNode.class).path("score");
    if (score.isObject()) {
      all.add(new Shift.Named("score", Shift.of(score)));
    }
    return all.stream()
        .map(
            named ->
                new MonitoringPage.Detail(
                    named.feature(),
                    Words.figure(named.shift().psi()),
                    Words.figure(named.shift().noise()),
                    Words.figure(named.shift().ks()),
                    Words.figure(named.shift().jensenShannon()),
                    Words.count(named.shift().bins()),
                    Words.bound(named.shift().epsilon()),
                    Words.count(named.shift().rows())))
        .toList();
  }

  /** Windows whose outcomes were measured, and those whose outcomes are still to come. */
  List<MonitoringPage.Outcome> outcomes() {
    List<MonitoringPage.Outcome> rows = new ArrayList<>();
    Map<Instant, MonitorWindow> measured =
        newest(Health.PERFORMANCE).stream()
            .collect(Collectors.toMap(MonitorWindow::opens, Function.identity()));
    Set<Instant> opens = new LinkedHashSet<>();
    List<MonitorWindow> known = new ArrayList<>(newest(Health.DRIFT));
    known.addAll(measured.values());
    known.sort(Comparator.comparing(MonitorWindow::opens));
    for (MonitorWindow window : known) {
      if (opens.add(window.opens())) {
        MonitorWindow outcome = measured.get(window.opens());
        rows.add(outcome == null ? immature(window) : outcome(outcome));
      }
    }
    return rows;
  }

  private MonitoringPage.Outcome immature(MonitorWindow window) {
    String says =
        horizonDays == null
            ? "Its outcomes have not been measured."
            : "Mature on %s: it closes on %s, and an outcome is known after %s."
                .formatted(
                    Words.date(window.closes().plus(Duration.ofDays(horizonDays))),
                    Words.date(window.closes()),
                    Words.counted(horizonDays, "day", "days"));
    return new MonitoringPage.Outcome(name(window), "", "", "", "", "", "", says, "", "not mature");
  }

  private static MonitoringPage.Outcome outcome(MonitorWindow window) {
    JsonNode detail = Json.read(window.detail(), JsonNode.class);
    long labelled = detail.path("labelled").asLong(window.rows());
    long unlabelled = detail.path("unlabelled").asLong();
    String of = "%s of %s".formatted(Words.count(labelled), Words.count(labelled + unlabelled));
    if (!window.sufficient()) {
      return new MonitoringPage.Outcome(
          name(window),
          "",
          "",
          "",
          "",
          "",
          of,
          "Outcomes of %s predictions are known: too little to say, which is no pass. Send them to /api/v1/feedback."
              .formatted(of),
          "",
          "insufficient");
    }
    JsonNode interval = detail.path("intervals").path("auc");
    return new MonitoringPage.Outcome(
        name(window),
        figure(window, "brier_skill"),
        figure(window, "predicted_over_observed"),
        figure(window, "auc"),
        interval.size() == 2
            ? "%s to %s"
                .formatted(
                    Words.figure(interval.get(0).asDouble()),
                    Words.figure(interval.get(1).asDouble()))
            : "",
        figure(window, "brier"),
        of,
        "",
        "succeeded",
        "measured");
  }

  private static String figure(MonitorWindow window, String name) {
    return Figures.say(name, window.figures().get(name));
  }

  @Nullable IntervalChart auc() {
    List<IntervalChart.Point> points = new ArrayList<>();
    for (MonitorWindow window : newest(Health.PERFORMANCE)) {
      Double auc = window.figures().get("auc");
      if (window.sufficient() && auc != null) {
        JsonNode interval =
            Json.read(window.detail(), JsonNode.class).path("intervals").path("auc");
        boolean hasInterval = interval.size() == 2;
        points.add(
            new IntervalChart.Point(
                name(window),
                auc,
                hasInterval ? interval.get(0).asDouble() : null,
                hasInterval ? interval.get(1).asDouble() : null,
                "%s: AUC %s".formatted(name(window), Words.figure(auc))));
      }
    }
    return points.size() < 2 ? null : IntervalChart.of(points);
  }

  List<MonitoringPage.Answers> service() {
    return newest(Health.SERVICE).stream()
        .map(
            window -> {
              JsonNode detail = Json.read(window.detail(), JsonNode.class);
              return new MonitoringPage.Answers(
                  name(window),
                  Words.count(detail.path("requests").asLong(window.rows())),
                  Words.count(detail.path("errors").asLong()),
                  figure(window, "error_rate"),
                  figure(window, "p99_millis"),
                  window.sufficient());
            })
        .toList();
  }

  List<MonitoringPage.Rule> rules() {
    List<MonitoringPage.Rule> rows = new ArrayList<>();
    for (int i = 0; i < monitor.spec().rules().size(); i++) {
      rows.add(rule(i, monitor.spec().rules().get(i)));
    }
    return rows;
  }

  private MonitoringPage.Rule rule(int index, RuleSpec rule) {
    Monitors.RuleState state =
        states.stream()
            .filter(known -> known.rule() == index && known.version() == version)
            .findFirst()
            .orElse(null);
    Alert alert =
        alerts.stream()
            .filter(known -> known.cause().equals(Health.cause(monitor.id(), index)))
            .findFirst()
            .orElse(null);
    Instant fired =
        states.stream()
            .filter(known -> known.rule() == index)
            .map(Monitors.RuleState::firedAsOf)
            .filter(moment -> moment != null)
            .max(Comparator.naturalOrder())
            .orElse(null);
    int streak = state == null ? 0 : state.streak();
    return new MonitoringPage.Rule(
        Figures.name(rule.condition().figure())
            + Figures.condition(rule.condition())
                .substring(Words.metric(rule.condition().figure()).length()),
        Figures.consequence(rule.consequence()),
        recovery(rule),
        streak(streak, rule.windows()),
        fired == null ? "never" : "as of " + Words.date(fired),
        cooldown(rule, fired),
        alert == null ? null : alert.id(),
        alert == null ? "" : "alert %d, %s".formatted(alert.id(), alert.state()),
        alert == null ? null : alert.runId());
  }

  /** "no breach", "1 window, 2 needed", "3 windows in a row". */
  private static String streak(int streak, int needed) {
    if (streak == 0) {
      return "no breach";
    }
    String windows = Words.counted(streak, "window", "windows");
    if (streak < needed) {
      return windows + ", " + needed + " needed";
    }
    return streak == 1 ? windows : windows + " in a row";
  }

  private static String recovery(RuleSpec rule) {
    Double bound = rule.recovery();
    return bound == null ? "" : "over at " + Figures.bound(rule.condition().figure(), bound);
  }

  private String cooldown(RuleSpec rule, @Nullable Instant fired) {
    Duration cooldown = cooldown(rule, monitor.params());
    if (cooldown == null) {
      return "none";
    }
    return fired == null ? days(cooldown) : "until " + Words.date(fired.plus(cooldown));
  }

  private static String days(Duration cooldown) {
    return cooldown.equals(Duration.ofDays(cooldown.toDays()))
        ? Words.counted(cooldown.toDays(), "day", "days")
        : Words.span(cooldown);
  }

  private static @Nullable Duration cooldown(RuleSpec rule, Map<String, String> params) {
    Setting setting = rule.cooldown();
    return setting == null ? null : Duration.parse(setting.in(params));
  }

  /** "Brier skill at most 0.05 in 2 windows in a row starts a new run, at most every 30 days". */
  static String sentence(RuleSpec rule, Monitor monitor) {
    Condition condition = rule.condition();
    String text = Words.opening(Figures.condition(condition));
    if (rule.windows() > 1) {
      text += " in %d windows in a row".formatted(rule.windows());
    }
    text += " " + Figures.consequence(rule.consequence());
    Duration cooldown = cooldown(rule, monitor.params());
    if (cooldown != null) {
      text += ", at most every " + days(cooldown);
    }
    Double recovery = rule.recovery();
    if (recovery != null) {
      text += "; over at " + Figures.bound(condition.figure(), recovery);
    }
    return text + ".";
  }
}
