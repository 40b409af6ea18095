package dev.airlock.web.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.web.api.TriedRun;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which figures are called the best. */
final class ExperimentTableTest {
  private static final LocalDate MAY = LocalDate.parse("1998-05-01");
  private static final LocalDate JUNE = LocalDate.parse("1998-06-01");

  private static TriedRun run(
      String dataset, long snapshot, String label, LocalDate on, double rmse) {
    Instant at = Instant.parse("1998-07-01T00:00:00Z");
    return new TriedRun(
        1,
        "spend",
        1,
        "succeeded",
        at,
        "engineer",
        at,
        null,
        null,
        "",
        List.of(),
        new TreeMap<>(),
        new TreeMap<>(Map.of("linear.label", label)),
        List.of(new TriedRun.Candidate("linear", "linear", "d1f", 100, dataset, snapshot)),
        "linear",
        on,
        new TreeMap<>(Map.of("rmse", rmse)),
        null);
  }

  private static Set<Integer> best(TriedRun... runs) {
    return new ExperimentTable(List.of(runs)).series().get(0).best();
  }

  @Test
  void shouldCallBestOnlyAmongRunsThatWereJudgedOnTheSameRows() {
    TriedRun euros = run("spend.features", 7, "spent", MAY, 12.0);
    TriedRun better = run("spend.features", 7, "spent", MAY, 11.5);
    TriedRun cents = run("cents.features", 7, "spent", MAY, 1_150);
    TriedRun otherLabel = run("spend.features", 7, "visits", MAY, 0.4);
    TriedRun otherDate = run("spend.features", 7, "spent", JUNE, 9.0);
    TriedRun otherVersion = run("spend.features", 8, "spent", MAY, 8.0);

    assertEquals(Set.of(1), best(euros, better, cents, otherLabel, otherDate, otherVersion));
    assertEquals(
        Set.of(),
        best(euros, cents, otherLabel, otherDate, otherVersion),
        "each is the only one of its kind");
    assertEquals(
        Set.of(1, 3), best(euros, better, otherDate, run("spend.features", 7, "spent", JUNE, 8.5)));
  }

  @Test
  void shouldSayWhereFiguresRestOnOtherRows() {
    TriedRun may = run("spend.features", 7, "spent", MAY, 12.0);
    TriedRun june = run("spend.features", 7, "spent", JUNE, 11.0);

    assertEquals("", new ExperimentTable(List.of(may, may)).caution());
    assertTrue(
        new ExperimentTable(List.of(may, june)).caution().contains("none is called the best"));
    assertTrue(
        new ExperimentTable(List.of(may, may, june))
            .caution()
            .contains("among runs that were judged on the same rows"));
    assertTrue(
        new ExperimentTable(List.of(may, june))
            .series().stream()
                .filter(ExperimentTable.Series::isShown)
                .anyMatch(one -> one.texts().equals(List.of("1998-05-01 @ 7", "1998-06-01 @ 7"))),
        "the column that says which rows");
  }
}
