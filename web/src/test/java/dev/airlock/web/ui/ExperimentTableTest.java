package dev.airlock.web.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.web.api.TriedRun;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which figures are called the best. */
final class ExperimentTableTest {
  private static final Instant MAY = Instant.parse("1998-05-01T00:00:00Z");
  private static final Instant JUNE = Instant.parse("1998-06-01T00:00:00Z");

  private static TriedRun run(String pipeline, String label, Instant date, double rmse) {
    return new TriedRun(
        1,
        pipeline,
        1,
        "succeeded",
        date,
        "engineer",
        date,
        null,
        null,
        "",
        List.of(),
        new TreeMap<>(),
        new TreeMap<>(Map.of("linear.label", label)),
        List.of(),
        "linear",
        new TreeMap<>(Map.of("rmse", rmse)),
        null);
  }

  private static Set<Integer> best(TriedRun... runs) {
    return new ExperimentTable(List.of(runs)).series().get(0).best();
  }

  @Test
  void shouldCallBestOnlyWhatAnswersTheSameQuestion() {
    TriedRun euros = run("spend", "spent", MAY, 12.0);
    TriedRun better = run("spend", "spent", MAY, 11.5);
    TriedRun cents = run("spend-in-cents", "spent", MAY, 1_150);
    TriedRun other = run("spend", "visits", MAY, 0.4);

    assertEquals(Set.of(1), best(euros, better, cents, other));
    assertEquals(Set.of(), best(euros, cents, other), "each is the only one of its kind");
    assertEquals(Set.of(1, 3), best(euros, better, cents, run("spend-in-cents", "spent", MAY, 9)));
  }

  @Test
  void shouldWarnWhereFiguresRestOnOtherRows() {
    TriedRun may = run("spend", "spent", MAY, 12.0);

    assertEquals("", new ExperimentTable(List.of(may, may)).caution());
    assertEquals(
        "Runs of different logical dates were judged on other rows.",
        new ExperimentTable(List.of(may, run("spend", "spent", JUNE, 11.0))).caution());
    assertEquals(
        "Best is marked within one pipeline and label: figures of different ones can't be compared.",
        new ExperimentTable(List.of(may, run("cents", "spent", JUNE, 11.0))).caution());
  }
}
