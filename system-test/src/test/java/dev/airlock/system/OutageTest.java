package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.system.RunningSystem.Part;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What has been acknowledged is kept, whoever is away at the time. */
@Tag("waits")
@ExtendWith(SharedSystem.class)
final class OutageTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int WRITERS = 4;
  private static final int WRITES_BEFORE_THE_KILL = 500;

  @ParameterizedTest
  @EnumSource(names = {"TEMPORAL", "WORKER"})
  void shouldKeepAVoteAndLetItCountLaterWhenNobodyCanTakeIt(Part away, RunningSystem system) {
    Client engineer = system.as("engineer");
    long run = Drill.start(system, Map.of());
    JsonNode approval = engineer.awaitApproval(run, PATIENCE);

    // Held still, it can neither answer nor be started again before it is killed.
    Processes.stop(system.pid(away));
    Client.Answer answer = system.as("approver").decide(approval, "approve", "Before the storm");
    assertEquals(202, answer.status(), answer::text);
    assertEquals(
        1,
        system.count(
            "select count(*) from decision where approval_id = ? and outcome is null",
            approval.get("id").asLong()));
    assertEquals("waiting", engineer.run(run).get("state").asText());

    system.awaitReplaced(away, system.kill(away));
    engineer.awaitRun(run, PATIENCE, "succeeded");
    assertEquals(
        1,
        system.count(
            "select count(*) from decision where approval_id = ? and outcome = 'counted'",
            approval.get("id").asLong()));
  }

  @Test
  void shouldMissNoAcknowledgedCommitWhenPostgresIsKilledUnderWrites(RunningSystem system)
      throws SQLException, InterruptedException, ExecutionException {
    execute(system, "create table airlock.written (id bigint primary key)");
    Set<Long> acknowledged = new ConcurrentSkipListSet<>();
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        long first = writer * 1_000_000L;
        writers.add(threads.submit(() -> writeUntilTheEnd(system, first, acknowledged)));
      }
      Await.holds(PATIENCE, "some writes", () -> acknowledged.size() >= WRITES_BEFORE_THE_KILL);
      long killed = system.kill(Part.POSTGRES);
      for (Future<?> writer : writers) {
        writer.get();
      }
      system.awaitReplaced(Part.POSTGRES, killed);

      Set<Long> missing = new TreeSet<>(acknowledged);
      missing.removeAll(kept(system));
      assertEquals(Set.of(), missing);
      assertTrue(acknowledged.size() >= WRITES_BEFORE_THE_KILL);
    } finally {
      threads.shutdownNow();
      execute(system, "drop table airlock.written");
    }
  }

  /** One commit after another, each noted once it was acknowledged, until the server is gone. */
  private static void writeUntilTheEnd(RunningSystem system, long first, Set<Long> acknowledged) {
    try (Connection connection = system.asOwner();
        PreparedStatement insert =
            connection.prepareStatement("insert into airlock.written values (?)")) {
      for (long id = first; ; id++) {
        insert.setLong(1, id);
        insert.executeUpdate();
        acknowledged.add(id);
      }
    } catch (SQLException e) {
      // That is the kill.
    }
  }

  private static Set<Long> kept(RunningSystem system) throws SQLException {
    Set<Long> kept = new TreeSet<>();
    try (Connection connection = system.asOwner();
        var rows = connection.createStatement().executeQuery("select id from airlock.written")) {
      while (rows.next()) {
        kept.add(rows.getLong(1));
      }
    }
    return kept;
  }

  private static void execute(RunningSystem system, String sql) throws SQLException {
    try (Connection connection = system.asOwner();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
