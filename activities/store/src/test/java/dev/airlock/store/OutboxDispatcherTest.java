package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OutboxDispatcherTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private TestDatabase database;
  private Store store;
  private Scene scene;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
  }

  @BeforeEach
  void publish(@TempDir Path folder) {
    database.emptied();
    scene = new Scene(store, new FileArtifactStore(folder));
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void shouldCarryEachFactOnceWhenTwoDispatchersShareTheWork() {
    List<Long> made = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      made.add(scene.run("engineer"));
    }
    List<Long> carried = new CopyOnWriteArrayList<>();
    Carrier carrier = row -> carried.add(row.subject());
    OutboxDispatcher first = OutboxDispatcher.start(store, carrier);
    OutboxDispatcher second = OutboxDispatcher.start(store, carrier);

    Deadline.within(PATIENCE, () -> store.outbox().waiting() == 0);
    first.close();
    second.close();

    assertEquals(made, carried.stream().sorted().toList());
  }

  @Test
  void shouldTryAgainUntilItIsTaken() {
    Map<Long, Integer> tries = new ConcurrentHashMap<>();
    Carrier takesTheThird =
        row -> {
          if (tries.merge(row.subject(), 1, Integer::sum) < 3) {
            throw new IllegalStateException("Temporal is away");
          }
        };
    long run = scene.run("engineer");
    OutboxDispatcher dispatcher = OutboxDispatcher.start(store, takesTheThird);

    Deadline.within(PATIENCE, () -> store.outbox().isDelivered(OutboxKind.START_RUN, run));
    dispatcher.close();

    assertEquals(Map.of(run, 3), tries);
  }

  @Test
  void shouldWaitLongerAfterEachTryButNeverLongerThanFiveSeconds() {
    assertEquals(Duration.ofMillis(250), OutboxDispatcher.pause(1));
    assertEquals(Duration.ofMillis(500), OutboxDispatcher.pause(2));
    assertEquals(Duration.ofSeconds(2), OutboxDispatcher.pause(4));
    assertEquals(Duration.ofSeconds(5), OutboxDispatcher.pause(9));
    assertEquals(Duration.ofSeconds(5), OutboxDispatcher.pause(Integer.MAX_VALUE));
  }

  @Test
  void shouldStartRightAfterTheCommit() {
    Map<Long, Long> carriedAt = new ConcurrentHashMap<>();
    // Who looks by itself every hour alone is told of what it carries.
    OutboxDispatcher dispatcher =
        OutboxDispatcher.start(
            store, row -> carriedAt.put(row.subject(), System.nanoTime()), Duration.ofHours(1));
    List<Long> delays = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      long run = scene.run("engineer");
      long committed = System.nanoTime();
      Deadline.within(PATIENCE, () -> carriedAt.containsKey(run));
      delays.add(Math.max(0, carriedAt.getOrDefault(run, 0L) - committed));
    }
    dispatcher.close();

    Collections.sort(delays);
    Duration median = Duration.ofNanos(delays.get(delays.size() / 2));
    System.out.println("The outbox starts " + median.toMillis() + " ms after a commit");
  }

  @Test
  void shouldCarryTheCommandsToAModelInTheirOrderWhateverFails() {
    scene.live("first");
    scene.live("second");
    List<Long> commands = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      commands.add(rollback());
    }
    Set<Long> failed = ConcurrentHashMap.newKeySet();
    List<Long> carried = new CopyOnWriteArrayList<>();
    Carrier stumbling =
        row -> {
          if (row.kind() == OutboxKind.MODEL_COMMAND) {
            if (failed.add(row.subject()) && row.subject() % 2 == 0) {
              throw new IllegalStateException("Temporal is away");
            }
            carried.add(row.subject());
          }
        };
    OutboxDispatcher first = OutboxDispatcher.start(store, stumbling);
    OutboxDispatcher second = OutboxDispatcher.start(store, stumbling);

    Deadline.within(PATIENCE, () -> carried.containsAll(commands));
    first.close();
    second.close();

    assertEquals(commands, carried.stream().filter(commands::contains).toList());
  }

  /** One that can't be carried holds up its own model, and nobody else. */
  @Test
  void shouldNotLetAPoisonedCommandHoldUpOtherModels() {
    scene.live("first");
    scene.live("second");
    long poisoned = rollback();
    long behind = rollback();
    long other = commandOfAnotherModel();
    long run = scene.run("engineer");
    List<Long> carried = new CopyOnWriteArrayList<>();
    OutboxDispatcher dispatcher =
        OutboxDispatcher.start(
            store,
            row -> {
              if (row.kind() == OutboxKind.MODEL_COMMAND && row.subject() == poisoned) {
                throw new IllegalStateException("It can't be carried");
              }
              if (row.kind() == OutboxKind.MODEL_COMMAND) {
                carried.add(row.subject());
              }
            });

    Deadline.within(
        PATIENCE,
        () -> carried.contains(other) && store.outbox().isDelivered(OutboxKind.START_RUN, run));
    dispatcher.close();

    assertTrue(!carried.contains(behind));
  }

  private long rollback() {
    return ((CommandRequest.Recorded)
            store.models().requestRollback(Scene.MODEL, 1, by("bob"), "Back to the first"))
        .commandId();
  }

  private long commandOfAnotherModel() {
    return database
        .owner()
        .inTransaction(
            handle -> {
              handle.execute("insert into model (name) values ('another')");
              handle.execute("set local session_replication_role = replica");
              long id =
                  handle
                      .createQuery(
                          """
                          insert into model_command (kind, model, version, requested_by)
                          values ('rollback', 'another', 1, 'bob') returning id
                          """)
                      .mapTo(Long.class)
                      .one();
              handle.execute("set local session_replication_role = origin");
              Outbox.post(handle, OutboxKind.MODEL_COMMAND, id);
              return id;
            });
  }

  @Test
  void shouldCarryOnceMoreWhatIsPostedAgainOnItsWay() {
    scene.askedOf("ml-leads", 2);
    long vote = scene.vote(scene.opened("asked"), "bob", Decision.Verdict.APPROVE);
    List<Long> carried = new CopyOnWriteArrayList<>();
    Runnable post =
        () -> store.jdbi().useTransaction(handle -> Outbox.postVotesAgain(handle, "bob"));
    OutboxDispatcher dispatcher =
        OutboxDispatcher.start(
            store,
            row -> {
              if (row.kind() == OutboxKind.VOTE_AGAIN) {
                carried.add(row.subject());
                if (carried.size() == 1) {
                  post.run();
                }
              }
            });
    post.run();

    Deadline.within(
        PATIENCE,
        () -> carried.size() == 2 && store.outbox().isDelivered(OutboxKind.VOTE_AGAIN, vote));
    dispatcher.close();

    assertEquals(List.of(vote, vote), carried);
  }

  @Test
  void shouldTakeUpWhatADeadDispatcherHadTaken() {
    long run = scene.run("engineer");
    assertEquals(1, store.outbox().claim(10, Duration.ofHours(1)).size());
    assertEquals(0, store.outbox().claim(10, Duration.ofHours(1)).size());
    database
        .owner()
        .useHandle(
            handle -> handle.execute("update outbox set due_at = due_at - interval '1 hour'"));

    List<Long> carried = new CopyOnWriteArrayList<>();
    OutboxDispatcher dispatcher = OutboxDispatcher.start(store, row -> carried.add(row.subject()));
    Deadline.within(PATIENCE, () -> carried.contains(run));
    dispatcher.close();
  }
}
