package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.PostgresServer;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL is killed under writes: what it had acknowledged must be there afterwards. */
final class CrashTest {

  private static final int WRITERS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void shouldMissNoAcknowledgedCommitWhenPostgresIsKilled(@TempDir Path folder) {
    PostgresServer server = PostgresServer.temporary();
    TestDatabase database = TestDatabase.in(server);
    Store store = database.store();
    Scene scene = new Scene(store, new FileArtifactStore(folder));
    Set<Long> acknowledgedRuns = ConcurrentHashMap.newKeySet();
    Set<String> acknowledgedEvents = ConcurrentHashMap.newKeySet();
    AtomicInteger broken = new AtomicInteger();
    for (int i = 0; i < WRITERS; i++) {
      new Thread(() -> write(store, scene, acknowledgedRuns, acknowledgedEvents, broken)).start();
    }

    Deadline.within(PATIENCE, () -> acknowledgedEvents.size() > 400);
    server.kill();
    Deadline.within(PATIENCE, () -> broken.get() == WRITERS);
    PostgresServer again = PostgresServer.start(server.home(), server.port());

    assertNotEquals(server.pid(), again.pid());
    Deadline.within(PATIENCE, store::isReachable);
    for (long run : acknowledgedRuns) {
      Set<String> found = ConcurrentHashMap.newKeySet();
      assertTrue(store.runs().find(run).isPresent(), "run " + run);
      store.runs().eventsSince(run, 0).forEach(event -> found.add(run + "/" + event.sequence()));
      List<String> missing =
          acknowledgedEvents.stream()
              .filter(event -> event.startsWith(run + "/"))
              .filter(event -> !found.contains(event))
              .toList();
      assertEquals(List.of(), missing);
    }
    System.out.println(
        "Killed after " + acknowledgedEvents.size() + " acknowledged commits; none is missing");
    database.close();
    again.stop();
  }

  private static void write(
      Store store, Scene scene, Set<Long> runs, Set<String> events, AtomicInteger broken) {
    try {
      while (true) {
        long run = scene.run("engineer");
        runs.add(run);
        for (int sequence = 1; sequence <= 20; sequence++) {
          StageChange change =
              new StageChange(sequence, "orders", StageState.RUNNING, Instant.now(), null, null);
          store.runLedger().record(run, List.of(change), RunState.RUNNING);
          events.add(run + "/" + sequence);
        }
      }
    } catch (RuntimeException e) {
      if (!Outage.isOutage(e)) {
        throw e;
      }
      broken.incrementAndGet();
    }
  }
}
