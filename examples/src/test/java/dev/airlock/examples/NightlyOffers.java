package dev.airlock.examples;

import static dev.airlock.dsl.Expectations.rows;

import dev.airlock.dsl.ChoiceStage;
import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Failure;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Sql;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.StageGroup;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.TriggerRule;
import java.io.IOException;
import java.util.List;

/** A pipeline that shows each way to decide what runs; the guide quotes it. */
final class NightlyOffers implements PipelineSource {

  /** How many orders a night brought. */
  enum Size {
    SMALL,
    LARGE
  }

  /** The team's own steps. */
  interface Steps {

    boolean enough(Dataset orders);

    Size size(Dataset orders);

    String rent();

    long giveBack(String cluster);

    String book(String cluster);

    void cancelBooking(String booking);

    long send(Dataset offers, String booking);

    long report();

    void tell(Failure failure);
  }

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("nightly-offers").ownedBy("growth");
    Stage<Dataset> orders =
        pipeline.validate(
            "orders-ok",
            pipeline.ingest(
                "orders", Source.csv("orders.csv").column("customer", ColumnType.INTEGER)),
            rows().atLeast(0));

    Stage<Boolean> enough = pipeline.onlyIf("enough", Steps::enough, orders);

    ChoiceStage<Size> size = pipeline.choose("size", Steps::size, orders);
    Stage<Dataset> full =
        pipeline
            .transform("full", Sql.text("SELECT DISTINCT customer FROM orders_ok"), orders)
            .when(size.is(Size.LARGE))
            .after(enough);
    Stage<Dataset> quick =
        pipeline
            .transform("quick", Sql.text("SELECT customer FROM orders_ok"), orders)
            .when(size.is(Size.SMALL))
            .after(enough);
    Stage<Dataset> offers = pipeline.firstOf("offers", full, quick);

    StageGroup sending = pipeline.group("sending").after(offers);
    Stage<String> cluster = pipeline.task("rent", Steps::rent).in(sending);
    Stage<String> booking =
        pipeline
            .task("book", Steps::book, cluster)
            .in(sending)
            .compensateWith(Steps::cancelBooking);
    pipeline
        .task("send", Steps::send, offers, booking)
        .in(sending)
        .retry(5)
        .retryOn(IOException.class)
        .onFailure(Steps::tell);
    pipeline.task("give-back", Steps::giveBack, cluster).in(sending).teardownOf(cluster);

    pipeline.run("prices", "refresh-prices").param("scope", "offers").waitFor().after(sending);

    pipeline
        .task("report", Steps::report)
        .after(sending)
        .triggerRule(TriggerRule.ALL_DONE)
        .mayFail();

    pipeline.onFailure(Steps::tell);
    return pipeline.build();
  }

  @Override
  public List<Object> tasks() {
    return List.of();
  }
}
