package dev.airlock.dsl;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.DeadlineSpec;
import dev.airlock.dsl.graph.DryRun;
import dev.airlock.dsl.graph.LimitSpec;
import dev.airlock.dsl.graph.NeededName;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.dsl.graph.Work;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WaitingPipelineTest {

  private static final Param<URI> INBOX = Param.uri("inbox").orElse("/in");

  /** A team's own steps. */
  interface Tasks {
    Optional<String> arrived(URI inbox);

    boolean open();

    Optional<String> arrivedFor(URI inbox, SecretValue key);

    boolean openFor(SecretValue key, URI inbox);

    int load(String file);

    int price(Prices prices);
  }

  /** What the event brings. */
  record Prices(int rows) {}

  private final PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("growth");

  private StageSpec stage(String name) {
    return pipeline.build().graph().stage(name).orElseThrow();
  }

  @Test
  void shouldReadAloud() {
    Pool warehouse = Pool.named("warehouse");
    Stage<String> file =
        pipeline
            .sensor("file-there", Tasks::arrived, INBOX)
            .pollEvery(ofMinutes(1))
            .backoff(1.5, ofMinutes(10))
            .within(ofHours(6))
            .orFail();
    Stage<Prices> prices =
        pipeline
            .awaitEvent("prices-in", Event.named("prices-in", Prices.class))
            .lookBack(ofHours(12))
            .within(ofHours(6))
            .orSkip();
    pipeline.task("load", Tasks::load, file).pool(warehouse).deadline(ofHours(2));
    pipeline
        .task("price", Tasks::price, prices)
        .pool(warehouse, 2)
        .deadline(Deadline.at("07:00", "Europe/Berlin"));

    assertEquals(
        new Work.Sensor(
            Tasks.class.getName(),
            "arrived",
            "(Ljava/net/URI;)Ljava/util/Optional;",
            ofMinutes(1),
            1.5,
            ofMinutes(10),
            ofHours(6),
            false),
        stage("file-there").work());
    assertEquals(List.of("inbox"), stage("file-there").params());
    assertEquals(ofMinutes(1), stage("file-there").timeout());
    assertEquals(
        new Work.AwaitEvent(Work.EventSource.EVENT, "prices-in", ofHours(12), ofHours(6), true),
        stage("prices-in").work());
    assertEquals(
        new LimitSpec("warehouse", 1, new DeadlineSpec(ofHours(2), null, null)),
        stage("load").limits());
    assertEquals(
        new LimitSpec("warehouse", 2, new DeadlineSpec(null, "07:00", "Europe/Berlin")),
        stage("price").limits());
    assertNull(stage("file-there").limits());
  }

  @Test
  void shouldGiveStagesToTheWorkersOfAQueue() {
    Stage<String> file =
        pipeline
            .sensor("file-there", Tasks::arrived, INBOX)
            .within(ofHours(6))
            .orFail()
            .onQueue("warehouse-net");
    pipeline.task("load", Tasks::load, file).onQueue("gpu");
    pipeline.process("convert", Program.of("convert")).onQueue("team-growth").deadline(ofHours(2));

    assertEquals("warehouse-net", stage("file-there").queue());
    assertEquals(new LimitSpec(null, 0, null, "gpu"), stage("load").limits());
    assertEquals(
        new LimitSpec(null, 0, new DeadlineSpec(ofHours(2), null, null), "team-growth"),
        stage("convert").limits());
    assertEquals(
        "calls WaitingPipelineTest$Tasks.load, on a worker of the queue 'gpu'",
        DryRun.of(pipeline.build().graph(), Map.of()).steps().get(2).does());
  }

  @Test
  void shouldRefuseAQueueWhereNoWorkerOfItCouldHelp() {
    Stage<Dataset> orders =
        pipeline.awaitEvent("orders", Event.dataset("shop.orders")).within(ofDays(1)).orFail();
    pipeline.transform("features", Sql.text("select * from orders"), orders).onQueue("gpu");
    pipeline.task("open", Tasks::open).shortTask().onQueue("gpu");
    pipeline.task("load", Tasks::open).onQueue("Big GPU");

    List<Problem> problems =
        assertThrows(InvalidPipelineException.class, pipeline::build).problems();
    assertEquals(3, problems.size(), problems::toString);
    assertTrue(
        problems.toString().contains("A transform can't be given to a queue."), problems::toString);
    assertTrue(
        problems
            .toString()
            .contains("A short task is called where the run itself is, and takes no queue."),
        problems::toString);
    assertTrue(
        problems.toString().contains("'Big GPU' is no name for a queue"), problems::toString);
  }

  @Test
  void shouldTakeAQuestionOfYesOrNo() {
    Stage<Boolean> open = pipeline.sensor("open", Tasks::open).within(ofDays(365)).orSkip();

    Work.Sensor sensor = (Work.Sensor) stage(open.name()).work();
    assertEquals("()Z", sensor.descriptor());
    assertEquals(ofMinutes(1), sensor.longest());
  }

  @Test
  void shouldHandASensorItsSecretsAndSayThatItNeedsThem() {
    pipeline
        .sensor("file-there", Tasks::arrivedFor, INBOX, Secret.named("inbox-key"))
        .within(ofDays(1))
        .orFail();

    Work.Sensor sensor = (Work.Sensor) stage("file-there").work();
    assertEquals(List.of("inbox-key"), sensor.secrets());
    assertEquals(List.of("inbox"), stage("file-there").params());
    assertEquals(List.of(new NeededName("secret", "inbox-key")), NeededName.of(sensor));
  }

  @Test
  void shouldRefuseASensorWhoseSecretsDoNotComeLast() {
    pipeline
        .sensor("open", Tasks::openFor, Secret.named("Inbox Key"), INBOX)
        .within(ofDays(1))
        .orFail();

    String problems =
        assertThrows(InvalidPipelineException.class, pipeline::build).problems().toString();
    assertTrue(problems.contains("or either after a secret"), problems);
    assertTrue(problems.contains("'Inbox Key' is no name for a secret"), problems);
  }

  @Test
  void shouldWaitForADatasetOfAnotherPipeline() {
    Stage<Dataset> orders =
        pipeline.awaitEvent("orders", Event.dataset("shop.orders")).within(ofDays(1)).orFail();
    pipeline.transform("features", Sql.text("select * from orders"), orders);

    assertEquals(
        new Work.AwaitEvent(Work.EventSource.DATASET, "shop.orders", null, ofDays(1), false),
        stage("orders").work());
  }

  @Test
  void shouldGiveTheWholeRunADeadline() {
    pipeline.deadline(Deadline.at("07:00", "Europe/Berlin"));
    pipeline.sensor("open", Tasks::open).within(ofDays(1)).orSkip();

    StartSpec starts = Objects.requireNonNull(pipeline.build().graph().starts());
    assertEquals(new DeadlineSpec(null, "07:00", "Europe/Berlin"), starts.deadline());
  }

  @Test
  void shouldSayEverythingThatIsWrong() {
    pipeline.sensor("never-ends", Tasks::open);
    pipeline.awaitEvent("unsaid", Event.named("prices-in")).orFail();
    pipeline.awaitEvent("no-dataset", Event.dataset("orders")).within(ofHours(1)).orFail();
    pipeline
        .sensor("restless", Tasks::open)
        .pollEvery(ofSeconds(0))
        .within(ofHours(1))
        .orFail()
        .pool(Pool.named("Ware House"), 0)
        .deadline(Deadline.at("7", "Berlin"));

    String message =
        String.valueOf(assertThrows(InvalidPipelineException.class, pipeline::build).getMessage());

    for (String part :
        List.of(
            "The sensor does not say what happens when nothing arrives.",
            "does not say how long it waits",
            "'orders' is no name of a dataset.",
            "The pauses between its looks start at PT0S, grow by 1.0 and end at PT0S.",
            "'Ware House' is no name for a pool",
            "It takes 0 slots of the pool 'Ware House'.",
            "Its deadline is at '7' in 'Berlin', which is no time of day in a zone.")) {
      assertTrue(message.contains(part), () -> part + "\nnot in\n" + message);
    }
  }

  @Test
  void shouldKnowTheNextTimeOfDayAlsoWhenTheClockChanges() {
    DeadlineSpec seven = new DeadlineSpec(null, "07:00", "Europe/Berlin");
    assertEquals(due("2026-03-28T06:00:00Z"), seven.due(Instant.parse("2026-03-27T06:30:00Z")));
    assertEquals(due("2026-03-29T05:00:00Z"), seven.due(Instant.parse("2026-03-28T06:00:00Z")));
    // The night of the 29th has no 02:30: an hour later stands for it.
    assertEquals(
        due("2026-03-29T01:30:00Z"),
        new DeadlineSpec(null, "02:30", "Europe/Berlin")
            .due(Instant.parse("2026-03-28T23:00:00Z")));
    assertEquals(
        due("2026-03-28T08:00:00Z"),
        new DeadlineSpec(ofHours(2), null, null).due(Instant.parse("2026-03-28T06:00:00Z")));
  }

  private static Instant due(String moment) {
    return Instant.parse(moment);
  }
}
