package dev.airlock.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.examples.RepeatPurchaseOracle;
import dev.airlock.examples.RepeatPurchaseOracle.Snapshot;
import dev.airlock.scoring.drift.Drift;
import dev.airlock.scoring.drift.FeatureDrift;
import dev.airlock.scoring.drift.Reference;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors;
import dev.airlock.store.RuleVerdict;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.Profile;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The control: on real purchases, where nothing has moved, drift is next to nothing and a monitor
 * stays silent; where months have passed by, it does not.
 */
class ControlTest {
  private static final LocalDate LAST_TRAINED_ON = LocalDate.of(1997, 5, 31);
  private static final LocalDate LATER = LocalDate.of(1997, 8, 31);
  private static final List<String> FEATURES =
      List.of(
          "log_recency",
          "log_frequency",
          "log_spend",
          "log_mean_gap",
          "log_gap_ratio",
          "log_orders_90",
          "log_spend_90");
  private static final int MINIMUM = 500;
  private static final int WINDOWS = 50;

  private static List<Snapshot> training = List.of();
  private static List<Snapshot> later = List.of();

  @BeforeAll
  static void readPurchases() throws IOException {
    List<Snapshot> snapshots = RepeatPurchaseOracle.ofExampleFile().snapshots(LATER, 90);
    training = snapshots.stream().filter(s -> !s.asOf().isAfter(LAST_TRAINED_ON)).toList();
    later = snapshots.stream().filter(s -> s.asOf().equals(LATER)).toList();
  }

  @Test
  void shouldSeeNextToNoDriftBetweenRandomHalves() {
    for (int seed = 0; seed < 10; seed++) {
      List<Snapshot> rows = shuffled(seed);
      List<Snapshot> one = rows.subList(0, rows.size() / 2);
      List<Snapshot> other = rows.subList(rows.size() / 2, rows.size());
      for (String feature : FEATURES) {
        FeatureDrift drift =
            Drift.between(Reference.of(column(one, feature)), column(other, feature));
        assertTrue(drift.psi() < 0.01, feature + " " + drift);
        assertTrue(drift.ks() < 0.02, feature + " " + drift);
      }
    }
  }

  @Test
  void shouldStaySilentOverWindowsOfTheTrainingRows() {
    Profile profile = profile();
    int alarms = 0;
    // From the fewest rows that count as sufficient, where chance is greatest, upwards.
    for (int seed = 0; seed < WINDOWS; seed++) {
      int size = MINIMUM * (1 + seed % 5);
      alarms += fires(profile, shuffled(1000 + seed).subList(0, size)) ? 1 : 0;
    }
    assertEquals(0, alarms, "false alarms in " + WINDOWS + " windows");
  }

  /** A PSI of 0.2 is far above chance; here only its noise keeps a rule silent. */
  @Test
  void shouldLetChanceExceedItsNoiseInFewWindows() {
    Profile profile = profile();
    int beyond = 0;
    for (int seed = 0; seed < WINDOWS; seed++) {
      Reading reading =
          DriftReader.read(profile, columns(shuffled(1000 + seed).subList(0, MINIMUM)), MINIMUM);
      for (FeatureDrift drift : ((DriftReader.Detail) reading.detail()).features().values()) {
        beyond += drift.exceedsNoise() ? 1 : 0;
      }
    }
    // The noise is a 99 % quantile: 3.5 of 350 are expected, and features hang together.
    assertTrue(beyond <= 11, beyond + " of " + WINDOWS * FEATURES.size());
  }

  @Test
  void shouldReportTheAgeingOfThisCohort() {
    assertTrue(fires(profile(), later));
    FeatureDrift recency =
        Drift.between(Reference.of(column(training, "log_recency")), column(later, "log_recency"));
    assertTrue(recency.psi() > 0.2, recency::toString);
  }

  /** One window through the reader and the rule of the example: PSI of 0.2 opens a ticket. */
  private static boolean fires(Profile profile, List<Snapshot> rows) {
    InputColumns columns = columns(rows);
    Reading reading = DriftReader.read(profile, columns, MINIMUM);
    assertTrue(reading.sufficient());
    Window window = Windows.of(Period.ofMonths(1)).at(Instant.parse("1997-08-31T00:00:00Z"));
    MonitorWindow measured =
        new MonitorWindow(
            1,
            1,
            window.opens(),
            window.closes(),
            "drift",
            true,
            reading.rows(),
            reading.figures(),
            Json.write(reading.detail()),
            1,
            Instant.EPOCH);
    List<RuleSpec> rules =
        List.of(
            new RuleSpec(Signal.PSI.atLeast(0.2), 1, null, Consequence.OPEN_TICKET, null),
            new RuleSpec(Signal.SCORE_SHIFT.atLeast(0.2), 1, null, Consequence.OPEN_TICKET, null));
    List<RuleVerdict> verdicts =
        Rules.judge(
            new RuleFacts(
                1,
                rules,
                Map.of(),
                1,
                window.closes(),
                Duration.ofDays(90),
                1,
                List.of(measured),
                List.of(),
                Set.of(),
                false,
                null));
    return verdicts.stream().anyMatch(verdict -> verdict.firing() != null);
  }

  private static InputColumns columns(List<Snapshot> rows) {
    InputColumns columns = new InputColumns(FEATURES);
    rows.forEach(row -> columns.accept(new Monitors.Row(score(row), inputs(row))));
    return columns;
  }

  private static Profile profile() {
    Map<String, Profile.Distribution> features = new LinkedHashMap<>();
    FEATURES.forEach(name -> features.put(name, distribution(column(training, name))));
    Profile.Distribution scores =
        distribution(training.stream().mapToDouble(ControlTest::score).toArray());
    return new Profile(features, scores, scores);
  }

  private static Profile.Distribution distribution(double[] values) {
    Reference reference = Reference.of(values);
    return new Profile.Distribution(
        reference.count(), reference.edges(), reference.counts(), reference.quantiles());
  }

  /** Some smooth function of the features, as a model's score is. */
  private static double score(Snapshot row) {
    return 1 / (1 + Math.exp(row.features().getOrDefault("log_gap_ratio", 0.0) + 1));
  }

  private static String inputs(Snapshot row) {
    return FEATURES.stream()
        .map(name -> "\"" + name + "\": " + row.features().get(name))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static double[] column(List<Snapshot> rows, String name) {
    return rows.stream()
        .mapToDouble(row -> row.features().getOrDefault(name, Double.NaN))
        .toArray();
  }

  private static List<Snapshot> shuffled(long seed) {
    List<Snapshot> rows = new ArrayList<>(training);
    Collections.shuffle(rows, new Random(seed));
    return rows;
  }
}
