package dev.airlock.dsl;

import static dev.airlock.dsl.Metrics.AUC;
import static dev.airlock.dsl.Metrics.LOG_LOSS;
import static dev.airlock.dsl.Metrics.RMSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.CostSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SplitSpec;
import dev.airlock.dsl.graph.Work;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What an evaluation's evidence shall show. */
final class EvaluationTest {

  private static final SplitSpec SPLIT = new SplitSpec("as_of", Setting.of(90));

  private static Work judge(Graph graph) {
    return graph.stages().stream()
        .filter(stage -> stage.name().equals("judge"))
        .findFirst()
        .orElseThrow()
        .work();
  }

  @Test
  void shouldTakeSegmentsCostsAndAThreshold() {
    Graph graph =
        Shop.build(
            pipeline -> {
              Stage<Candidate> candidate = Shop.candidate(pipeline);
              Split split = Shop.SPLIT;
              Stage<Evaluation> judged =
                  pipeline
                      .evaluate("judge", split, candidate)
                      .choose(LOG_LOSS)
                      .require(AUC.atLeast(0.70))
                      .segments("country", "first_order_on")
                      .cost(2, 40, "EUR");
              assertEquals("judge", judged.name());
            });

    assertEquals(
        new Work.Evaluate(
            SPLIT,
            LOG_LOSS,
            List.of(AUC.atLeast(0.70)),
            List.of("country", "first_order_on"),
            new CostSpec(2, 40, "EUR"),
            null),
        judge(graph));
    assertEquals(2 / 42.0, new CostSpec(2, 40, "EUR").threshold());
  }

  @Test
  void shouldSayNothingOfThemWhereThePipelineDoesNot() {
    assertEquals(
        new Work.Evaluate(SPLIT, LOG_LOSS, List.of(), null, null, null),
        judge(Shop.build(Shop::judged)));
  }

  @Test
  void shouldTellEachFaultWithWhatToDo() {
    assertFault(judged -> judged.cost(0, 40), "Errors cost 0.0 and 40.0.");
    assertFault(judged -> judged.cost(1, Double.NaN), "Errors cost 1.0 and NaN.");
    assertFault(judged -> judged.cost(1, 2, " "), "The costs' unit is blank.");
    assertFault(judged -> judged.threshold(1), "The threshold is 1.0.");
    assertFault(judged -> judged.segments(" "), "A segment names no column.");
    assertFault(judged -> judged.segments("a", "a"), "The segment 'a' is named twice.");
    assertFault(
        judged -> judged.segments("a", "b", "c", "d", "e", "f"),
        "There are segments by 6 columns.");
  }

  private static void assertFault(Consumer<EvaluationStage> change, String expected) {
    String found =
        said(
            pipeline ->
                change.accept(
                    pipeline
                        .evaluate("judge", Shop.SPLIT, Shop.candidate(pipeline))
                        .choose(LOG_LOSS)));
    assertTrue(found.contains(expected), found);
  }

  private static String said(Consumer<PipelineBuilder> definition) {
    return Shop.problems(definition).stream()
        .map(Problem::toString)
        .collect(Collectors.joining("\n"));
  }

  @Test
  void shouldKnowTheColumnsThatThereAre() {
    String found =
        said(
            pipeline ->
                pipeline
                    .evaluate(
                        "judge",
                        Shop.SPLIT,
                        pipeline.train(
                            "only",
                            Shop.valid(pipeline),
                            Shop.SPLIT,
                            Shop.logistic().features("amount")))
                    .choose(LOG_LOSS)
                    .segments("amuont"));
    assertTrue(found.contains("The dataset has no column 'amuont', by which it is parted."), found);
    assertTrue(found.contains("Did you mean 'amount'?"), found);
  }

  @Test
  void shouldRefuseCostsOfANumber() {
    String found =
        said(
            pipeline ->
                pipeline
                    .evaluate(
                        "judge",
                        Shop.SPLIT,
                        pipeline.train(
                            "only",
                            Shop.features(pipeline),
                            Shop.SPLIT,
                            Trainer.linearRegression().label("spend")))
                    .choose(RMSE)
                    .cost(1, 2));
    assertTrue(found.contains("knows no false yes and no missed one"), found);
  }
}
