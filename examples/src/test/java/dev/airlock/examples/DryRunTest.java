package dev.airlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.DryRun;
import dev.airlock.dsl.graph.DryRun.Step;
import dev.airlock.dsl.graph.Graph;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a dry run of the example says. */
final class DryRunTest {

  private static final Graph GRAPH = new RepeatPurchase().define().graph();

  @Test
  void shouldTellEachStageInTheOrderInWhichItCanBegin() {
    DryRun told =
        DryRun.of(GRAPH, Map.of("orders", "file:///data/orders.csv", "first-hold", "PT90M"));

    assertEquals(
        List.of("orders", "orders-ok", "features"),
        told.steps().stream().map(Step::stage).limit(3).toList());
    Step ingest = told.steps().get(0);
    assertEquals(
        "reads file:///data/orders.csv, 4 columns, into a branch that nobody else sees",
        ingest.does());
    Step gate = step(told, "promote");
    assertEquals("asks ml-leads: 1 must approve within 3 days, or it is rejected", gate.does());
    assertEquals(List.of("register"), gate.after());
    assertEquals(
        "sends traffic step by step (5 % for 1 h 30 min, then 25 % for <second-hold>, then 100 %), and back where one of 3 conditions does not hold; at once where nothing is live yet",
        step(told, "go-live").does());
  }

  @Test
  void shouldLetTrainingsBeginTogetherThatDoNotReadEachOther() {
    DryRun told = DryRun.of(GRAPH, Map.of());

    assertEquals(step(told, "logistic").wave(), step(told, "boosted").wave());
    assertEquals(step(told, "judge").wave(), step(told, "boosted").wave() + 1);
  }

  private static Step step(DryRun told, String stage) {
    return told.steps().stream()
        .filter(step -> step.stage().equals(stage))
        .findFirst()
        .orElseThrow();
  }
}
