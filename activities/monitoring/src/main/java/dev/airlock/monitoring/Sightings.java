package dev.airlock.monitoring;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.scoring.Wilson;
import dev.airlock.scoring.drift.FeatureDrift;
import dev.airlock.store.MonitorWindow;
import dev.airlock.workflows.Json;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a rule gets to see: windows of the live version. Those with insufficient data are out of
 * sight, except for a rule on the number of predictions, which is known however small it is, and is
 * the model's, not a version's.
 *
 * <p>Few rows show large figures by chance. So a PSI breaches only where it also exceeds its noise,
 * and an error rate only where the lower end of its Wilson interval keeps the bound too.
 */
final class Sightings {
  private final RuleSpec rule;
  private final Condition condition;

  Sightings(RuleSpec rule) {
    this.rule = rule;
    this.condition = rule.condition();
  }

  /** In the order of time. */
  List<Sighting> in(RuleFacts facts) {
    if (isOf(Signal.AGE_DAYS)) {
      return List.of(age(facts));
    }
    if (isOf(Signal.PREDICTIONS)) {
      return volumes(facts);
    }
    return known(facts)
        .filter(window -> window.version() == facts.version() && window.sufficient())
        .sorted(Comparator.comparing(MonitorWindow::opens))
        .flatMap(window -> sighting(window).stream())
        .toList();
  }

  private Stream<MonitorWindow> known(RuleFacts facts) {
    Aspect aspect = Aspect.of(condition);
    return facts.windows().stream()
        .filter(window -> window.aspect().equals(aspect.word()))
        .filter(window -> !facts.known(aspect, window.closes()).isAfter(facts.asOf()));
  }

  /** Of all versions together: whichever is live has but a part of the window of its move. */
  private List<Sighting> volumes(RuleFacts facts) {
    Map<Window, Double> predictions =
        known(facts)
            .collect(
                Collectors.groupingBy(
                    window -> new Window(window.opens(), window.closes()),
                    () -> new TreeMap<>(Comparator.comparing(Window::opens)),
                    Collectors.summingDouble(
                        window -> window.figures().getOrDefault(condition.figure(), 0.0))));
    return predictions.entrySet().stream()
        .map(volume -> volume(volume.getKey(), volume.getValue()))
        .toList();
  }

  private Sighting volume(Window window, double predictions) {
    return sighting(
        window.opens(),
        predictions,
        condition.holds(predictions),
        Words.of(condition, predictions, null) + " in " + window.words(),
        Map.of(condition.figure(), predictions));
  }

  private Sighting age(RuleFacts facts) {
    double days = facts.ageDays();
    String words =
        Words.of(condition, days, null)
            + " on "
            + LocalDate.ofInstant(facts.asOf(), ZoneOffset.UTC);
    return sighting(facts.asOf(), days, condition.holds(days), words, Map.of("age_days", days));
  }

  private Optional<Sighting> sighting(MonitorWindow window) {
    Double figure = window.figures().get(condition.figure());
    if (figure == null) {
      return Optional.empty();
    }
    String span = new Window(window.opens(), window.closes()).words();
    if (isFeatureDrift()) {
      return Optional.of(featureDrift(window, figure, span));
    }
    return Optional.of(
        sighting(
            window.opens(),
            figure,
            condition.holds(figure) && isNoChance(window),
            Words.of(condition, figure, null) + " in " + span,
            window.figures()));
  }

  /** Of the features that breach, the one that has moved furthest. */
  private Sighting featureDrift(MonitorWindow window, double furthest, String span) {
    Map<String, FeatureDrift> features = drift(window).features();
    Comparator<Map.Entry<String, FeatureDrift>> byFigure =
        Comparator.comparingDouble(feature -> figure(feature.getValue()));
    Optional<Map.Entry<String, FeatureDrift>> breach =
        features.entrySet().stream()
            .filter(feature -> condition.holds(figure(feature.getValue())))
            .filter(feature -> !isOf(Signal.PSI) || feature.getValue().exceedsNoise())
            .max(byFigure);
    @Nullable String feature =
        breach
            .or(() -> features.entrySet().stream().max(byFigure))
            .map(Map.Entry::getKey)
            .orElse(null);
    double shown = breach.map(found -> figure(found.getValue())).orElse(furthest);
    return sighting(
        window.opens(),
        furthest,
        breach.isPresent(),
        Words.of(condition, shown, feature) + " in " + span,
        window.figures());
  }

  private double figure(FeatureDrift drift) {
    if (isOf(Signal.PSI)) {
      return drift.psi();
    }
    return isOf(Signal.KS) ? drift.ks() : drift.jensenShannon();
  }

  private Sighting sighting(
      Instant at, double value, boolean breaches, String words, Map<String, Double> figures) {
    return new Sighting(at, breaches, !breaches && recovers(value), words, figures);
  }

  private boolean recovers(double value) {
    Double recovery = rule.recovery();
    if (recovery == null) {
      return !condition.holds(value);
    }
    return condition.comparison() == Comparison.AT_LEAST ? value <= recovery : value >= recovery;
  }

  private boolean isNoChance(MonitorWindow window) {
    if (condition.comparison() != Comparison.AT_LEAST) {
      return true;
    }
    if (isOf(Signal.SCORE_SHIFT)) {
      FeatureDrift score = drift(window).score();
      return score != null && score.exceedsNoise();
    }
    if (isOf(Signal.ERROR_RATE)) {
      ServiceReader.Detail service = Json.read(window.detail(), ServiceReader.Detail.class);
      return Wilson.low(service.errors(), service.requests()) >= condition.bound();
    }
    return true;
  }

  private static DriftReader.Detail drift(MonitorWindow window) {
    return Json.read(window.detail(), DriftReader.Detail.class);
  }

  private boolean isFeatureDrift() {
    return isOf(Signal.PSI) || isOf(Signal.KS) || isOf(Signal.JENSEN_SHANNON);
  }

  private boolean isOf(Signal signal) {
    return condition instanceof Condition.OfSignal of && of.signal() == signal;
  }
}
