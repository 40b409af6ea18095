package dev.airlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.examples.RepeatPurchaseOracle.Snapshot;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RepeatPurchaseOracleTest {

  private static final LocalDate LOGICAL_DATE = LocalDate.parse("1997-12-31");
  private static final LocalDate HOLDOUT = LocalDate.parse("1997-09-30");

  private static RepeatPurchaseOracle oracle;
  private static List<Snapshot> snapshots;

  @BeforeAll
  static void compute() throws IOException {
    oracle = RepeatPurchaseOracle.ofExampleFile();
    snapshots = oracle.snapshots(LOGICAL_DATE, 90);
  }

  @Test
  void shouldHaveARowForEveryCustomerAtEachMonthEnd() {
    assertEquals(
        List.of(
            LocalDate.parse("1997-04-30"),
            LocalDate.parse("1997-05-31"),
            LocalDate.parse("1997-06-30"),
            LocalDate.parse("1997-07-31"),
            LocalDate.parse("1997-08-31"),
            LocalDate.parse("1997-09-30"),
            LocalDate.parse("1997-10-31"),
            LocalDate.parse("1997-11-30"),
            LocalDate.parse("1997-12-31")),
        List.copyOf(
            snapshots.stream().map(Snapshot::asOf).collect(Collectors.toCollection(TreeSet::new))));
    assertEquals(9 * 23_570, snapshots.size());
  }

  @Test
  void shouldHaveLabelsOnlyWhereTheHorizonIsOver() {
    for (Snapshot snapshot : snapshots) {
      assertEquals(!snapshot.asOf().isAfter(HOLDOUT), snapshot.repeat() != null);
    }
  }

  @Test
  void shouldAgreeWithThePublishedBaseRateAndBaseline() {
    List<Snapshot> holdout = snapshots.stream().filter(s -> s.asOf().equals(HOLDOUT)).toList();

    double baseRate =
        holdout.stream()
            .map(Snapshot::repeat)
            .mapToInt(Objects::requireNonNull)
            .average()
            .orElse(0);

    assertEquals(0.177, baseRate, 0.0005);
    assertEquals(0.763, aucOfRecency(holdout), 0.0005);
  }

  @Test
  void shouldNotChangeFeaturesWhenLaterOrdersAreDeleted() {
    List<Snapshot> before =
        oracle.until(HOLDOUT).snapshots(HOLDOUT, 90).stream()
            .filter(s -> s.asOf().equals(HOLDOUT))
            .toList();
    List<Snapshot> after = snapshots.stream().filter(s -> s.asOf().equals(HOLDOUT)).toList();

    assertEquals(
        after.stream().map(Snapshot::features).toList(),
        before.stream().map(Snapshot::features).toList());
    assertTrue(before.stream().allMatch(snapshot -> snapshot.repeat() == null));
  }

  /** The chance that who came back had bought later than who did not; ties count half. */
  private static double aucOfRecency(List<Snapshot> holdout) {
    List<Snapshot> byRecency =
        holdout.stream().sorted(Comparator.comparing(s -> -recency(s))).toList();
    double wins = 0;
    long yes = 0;
    long no = 0;
    for (int from = 0; from < byRecency.size(); ) {
      int to = from;
      long tiedYes = 0;
      while (to < byRecency.size() && recency(byRecency.get(to)) == recency(byRecency.get(from))) {
        tiedYes += Objects.requireNonNull(byRecency.get(to).repeat());
        to++;
      }
      long tiedNo = to - from - tiedYes;
      wins += tiedYes * (no + tiedNo / 2.0);
      yes += tiedYes;
      no += tiedNo;
      from = to;
    }
    return wins / ((double) yes * no);
  }

  private static double recency(Snapshot snapshot) {
    return Objects.requireNonNull(snapshot.features().get("log_recency"));
  }
}
