package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Work.EventSource;
import dev.airlock.workflows.EventStanding;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EventsTest {

  private static final Instant MIDNIGHT = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant LATER = Instant.parse("2026-03-01T06:00:00Z");
  private static final String STAGE = "orders";
  private static final String NAME = "prices-in";

  private TestDatabase database;
  private Store store;
  private Events events;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
    events = store.events();
  }

  @BeforeEach
  void empty(@TempDir Path folder) {
    database.emptied();
    new Scene(store, new FileArtifactStore(folder));
  }

  @AfterAll
  void close() {
    database.close();
  }

  private long newRun(Instant logicalDate) {
    return store
        .runs()
        .request(new NewRun(Scene.PIPELINE, Map.of(), logicalDate, by("e"), "e", "", null))
        .id();
  }

  private EventStanding await(long run) {
    return events.await(run, STAGE, EventSource.EVENT, NAME, MIDNIGHT, LATER);
  }

  private Events.Told tell(String key, Instant at) {
    return events.tell(NAME, key, at, "{\"file\": \"p.csv\"}", by("engineer"));
  }

  private List<Long> told() {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "select subject from outbox where kind = 'event-arrived' order by subject")
                    .mapTo(Long.class)
                    .list());
  }

  /** The key of the event that a wait was met by. */
  private String keyOf(EventStanding standing) {
    Long event = events.waitOf(standing.waitId()).orElseThrow().eventId();
    return events.event(Objects.requireNonNull(event)).orElseThrow().key();
  }

  @Test
  void shouldTellEveryRunThatWaits() {
    EventStanding first = await(newRun(MIDNIGHT));
    EventStanding second = await(newRun(MIDNIGHT));
    assertFalse(first.ended());

    Events.Told told = tell("1", LATER);

    assertTrue(told.isNew());
    assertEquals(2, told.runs().size());
    assertEquals(List.of(first.waitId(), second.waitId()), told());
    assertEquals(
        Json.read("{\"file\":\"p.csv\"}", JsonNode.class),
        Json.read(
            ((TaskResult) Objects.requireNonNull(events.standing(first.waitId()).output())).json(),
            JsonNode.class));
  }

  @Test
  void shouldTakeTheSameEventOnce() {
    tell("1", LATER);
    EventStanding met = await(newRun(MIDNIGHT));

    Events.Told again = events.tell(NAME, "1", MIDNIGHT, null, by("admin"));

    assertTrue(met.ended());
    assertFalse(again.isNew());
    assertEquals(LATER, again.event().at());
    assertEquals("engineer", again.event().toldBy());
    assertEquals(1, events.list(NAME, 10, null).items().size());
    assertEquals(List.of(), told());
  }

  @Test
  void shouldNotTakeWhatIsOlderThanTheRunStandsFor() {
    tell("early", MIDNIGHT.minusSeconds(1));
    EventStanding waits = await(newRun(MIDNIGHT));
    assertFalse(waits.ended());

    tell("late", LATER);
    tell("first", MIDNIGHT);

    // Told first, though it happened later: what has been met stays met.
    assertEquals("late", keyOf(waits));
  }

  @Test
  void shouldTakeTheOldestOfThoseThatCameBefore() {
    tell("late", LATER);
    tell("first", MIDNIGHT);

    EventStanding met = await(newRun(MIDNIGHT));

    assertEquals("first", keyOf(met));
  }

  @Test
  void shouldDecideOnceBetweenEventAndEndOfTime() {
    EventStanding waits = await(newRun(MIDNIGHT));
    assertTrue(events.giveUp(waits.waitId()).ended());

    assertEquals(List.of(), tell("1", LATER).runs());
    assertNull(events.standing(waits.waitId()).output());
  }

  @Test
  void shouldKeepWhatCameBeforeTheEndOfTime() {
    EventStanding waits = await(newRun(MIDNIGHT));
    tell("1", LATER);

    assertTrue(events.giveUp(waits.waitId()).output() != null);
  }

  @Test
  void shouldNotTellAStageThatHasEnded() {
    long run = newRun(MIDNIGHT);
    await(run);
    store
        .runLedger()
        .record(
            run,
            List.of(new StageChange(1, STAGE, StageState.CANCELLED, Instant.now(), null, null)),
            RunState.RUNNING);

    assertEquals(List.of(), tell("1", LATER).runs());
  }

  @Test
  void shouldTellOfAVersionOfADatasetMadeForThatDateOrLater() {
    long waiting = newRun(MIDNIGHT);
    EventStanding waits =
        events.await(waiting, STAGE, EventSource.DATASET, "shop.orders", MIDNIGHT, LATER);
    publish(newRun(MIDNIGHT.minusSeconds(1)), 1);
    assertFalse(events.standing(waits.waitId()).ended());

    publish(newRun(MIDNIGHT), 2);

    DatasetVersion version =
        (DatasetVersion) Objects.requireNonNull(events.standing(waits.waitId()).output());
    assertEquals(2, version.snapshotId());
    assertEquals(List.of(waits.waitId()), told());
  }

  private void publish(long run, long snapshot) {
    store.attempts().claim(run, STAGE, 1, "worker");
    store
        .datasets()
        .publish(run, STAGE, 1, new DatasetVersion("shop.orders", snapshot, 10, null, List.of()));
  }

  /** Whoever tells and whoever begins to wait at that very moment do not miss each other. */
  @Test
  void shouldMissNobodyWhoBeginsToWaitMeanwhile() throws Exception {
    int runs = 30;
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<EventStanding>> waits = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      long run = newRun(MIDNIGHT);
      waits.add(
          threads.submit(
              () -> {
                go.await();
                return await(run);
              }));
    }
    Future<?> teller =
        threads.submit(
            () -> {
              go.await();
              return tell("1", LATER);
            });
    go.countDown();
    teller.get();

    for (Future<EventStanding> wait : waits) {
      assertTrue(events.standing(wait.get().waitId()).ended());
    }
    threads.shutdown();
  }
}
