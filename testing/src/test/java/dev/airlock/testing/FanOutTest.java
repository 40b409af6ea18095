package dev.airlock.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.dsl.Failures;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Stage;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.StoredResult;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FanOutTest {

  /** A forecast for each shop, from two of which no answer is no matter. */
  public static final class Forecasts implements PipelineSource {

    static final Param<Integer> DAYS = Param.integer("days").between(1, 60).orElse(14);

    /** What the team's own code does. */
    public interface Tasks {
      List<String> shops();

      Forecast forecast(String shop, Integer days);

      List<Order> order(Forecast forecast);

      Receipt send(Order order);

      Integer total(List<Forecast> forecasts);
    }

    /** Units that a shop will sell. */
    public record Forecast(String shop, int units) {}

    /** Units that a shop asks a supplier for. */
    public record Order(String shop, String supplier, int units) {}

    /** What a supplier answered. */
    public record Receipt(Order order, boolean taken) {}

    @Override
    public Pipeline define() {
      PipelineBuilder pipeline = Pipeline.named("forecasts").ownedBy("supply");
      Stage<List<String>> shops = pipeline.task("shops", Tasks::shops);
      Stage<List<Forecast>> forecasts =
          pipeline
              .map("forecast", shops, Tasks::forecast, DAYS)
              .atOnce(20)
              .tolerate(Failures.atMost(2));
      pipeline.task("total", Tasks::total, forecasts);
      Stage<List<List<Order>>> orders = pipeline.map("order", forecasts, Tasks::order).shortTask();
      pipeline.mapEach("send", orders, Tasks::send).tolerate(Failures.percent(50));
      return pipeline.build();
    }
  }

  @Test
  void shouldForecastEachShop() {
    RehearsedRun run =
        Rehearsal.of(new Forecasts())
            .taskGives("shops", List.of("berlin", "oslo", "porto"))
            .itemFails("forecast", 1, "Oslo has no sales yet.")
            .taskGives("order", List.of(List.of("a", "b"), List.of(), List.of("c")))
            .run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals(2, results(run, "forecast"));
    assertEquals(3, results(run, "order"));
    assertEquals(3, results(run, "send"));
  }

  @Test
  void shouldFailWhenTooManyShopsDo() {
    RehearsedRun run =
        Rehearsal.of(new Forecasts())
            .taskGives("shops", List.of("berlin", "oslo", "porto", "riga"))
            .itemFails("forecast", 0, "No sales yet.")
            .itemFails("forecast", 1, "No sales yet.")
            .itemFails("forecast", 3, "No sales yet.")
            .run();

    assertEquals(RunState.FAILED, run.state());
    assertEquals(StageFailure.TOO_MANY_FAILED, run.error("forecast").type());
  }

  @Test
  void shouldSayThatAListIsMissingWhenTheRehearsalGaveNone() {
    RehearsedRun run = Rehearsal.of(new Forecasts()).run();

    assertEquals(
        "The rehearsal does not know the list of 'forecast': say it by"
            + " .taskGives(\"shops\", List.of(…)).",
        run.error("forecast").message());
  }

  @Test
  void shouldRefuseAnItemOfAStageThatIsNoMap() {
    Rehearsal rehearsal = Rehearsal.of(new Forecasts());

    assertThrows(
        IllegalArgumentException.class, () -> rehearsal.itemFails("shops", 0, "It is shut."));
  }

  private static @Nullable Integer results(RehearsedRun run, String stage) {
    return ((StoredResult) run.output(stage)).items();
  }
}
