package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A model with two approved versions, whose traffic can be shifted between them without training
 * anything again.
 */
final class Sluice {

  static final String MODEL = "sluice";
  static final int FIRST = 1;
  static final int SECOND = 2;

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  static final String FIRST_ROWS = "first.csv";
  static final String SECOND_ROWS = "second.csv";
  static final Duration BETWEEN_REQUESTS = Duration.ofMillis(5);

  private static final PipelineJar JAR =
      new PipelineJar(
          MODEL, "Sluice", Map.of(FIRST_ROWS, Drill.rows(1), SECOND_ROWS, Drill.rows(2)));

  private final RunningSystem system;

  private Sluice(RunningSystem system) {
    this.system = system;
  }

  /**
   * With both versions trained and approved: the first took all traffic at once, the second took
   * over by its run's own canary.
   */
  static Sluice of(RunningSystem system) {
    Sluice sluice = empty(system);
    if (sluice.versions() < FIRST) {
      sluice.letIn(FIRST_ROWS);
    }
    if (sluice.versions() < SECOND) {
      try (Load load = Load.on(MODEL, BETWEEN_REQUESTS, List.of(system.url()))) {
        sluice.letIn(SECOND_ROWS);
        assertTrue(load.answers().size() > 0, "somebody asked meanwhile");
      }
    }
    return sluice;
  }

  /** Published, without any version. */
  static Sluice empty(RunningSystem system) {
    JAR.havePublished(system);
    return new Sluice(system);
  }

  private long versions() {
    return system.count("select count(*) from model_version where model = ?", MODEL);
  }

  private void letIn(String rows) {
    long run = start(rows);
    approve(run);
    system.as("engineer").awaitRun(run, PATIENCE, "succeeded");
  }

  /** Starts a run on one of the two files of rows; answers its id. */
  long start(String rows) {
    return system.as("engineer").start(MODEL, Map.of("rows", rows));
  }

  void approve(long run) {
    JsonNode approval = system.as("engineer").awaitApproval(run, PATIENCE);
    system.as("approver").decide(approval, "approve", "For the drills of the canary").ok();
  }

  /** All traffic at one version, and no rollout under way. */
  void haveAllTrafficAt(int version) {
    long there =
        system.count(
            "select count(*) from routing where model = ? and version = ? and candidate is null",
            MODEL,
            version);
    if (there == 0) {
      system
          .as("approver")
          .post("/api/v1/models/" + MODEL + "/rollback", Map.of("to", version))
          .ok();
    }
  }

  /**
   * Begins a rollout of the second version to 30 %, 60 % and all.
   *
   * @param promoteWhile conditions as REST takes them
   * @return the rollout's id
   */
  long begin(Duration hold, List<Map<String, Object>> promoteWhile) {
    long before = newest();
    system
        .as("approver")
        .post(
            "/api/v1/models/" + MODEL + "/rollouts",
            Map.of(
                "version",
                SECOND,
                "strategy",
                "canary",
                "steps",
                List.of(
                    Map.of("weight", 30, "hold", hold.toString()),
                    Map.of("weight", 60, "hold", hold.toString()),
                    Map.of("weight", 100)),
                "promoteWhile",
                promoteWhile,
                "reason",
                "A drill"))
        .ok();
    Await.holds(PATIENCE, "the rollout to begin", () -> newest() > before);
    return newest();
  }

  private long newest() {
    return system.count("select coalesce(max(id), 0) from rollout where model = ?", MODEL);
  }

  /** Waits until the split has been put at this weight. */
  void awaitWeight(long rollout, int weight) {
    Await.holds(
        PATIENCE,
        () -> "rollout %d to shift to %d %%: %s".formatted(rollout, weight, shifts(rollout)),
        () -> shifts(rollout).stream().anyMatch(shift -> shift.weight() == weight));
  }

  /** Waits until it is over, and answers how. */
  String awaitEnd(long rollout) {
    Await.holds(
        PATIENCE,
        () -> "rollout %d to end: %s".formatted(rollout, shifts(rollout)),
        () ->
            system.count(
                    "select count(*) from rollout where id = ? and ended_at is not null", rollout)
                == 1);
    return text("select state from rollout where id = ?", rollout);
  }

  boolean isUnderWay(long rollout) {
    return system.count("select count(*) from rollout where id = ? and ended_at is null", rollout)
        == 1;
  }

  /** A change of the split. */
  record Shift(int sequence, int weight, long epoch, Instant at) {}

  List<Shift> shifts(long rollout) {
    String sql =
        "select sequence, weight, epoch, at from rollout_shift where rollout_id = ? order by sequence";
    List<Shift> shifts = new ArrayList<>();
    try (Connection connection = system.asOwner();
        PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, rollout);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          shifts.add(
              new Shift(
                  rows.getInt("sequence"),
                  rows.getInt("weight"),
                  rows.getLong("epoch"),
                  rows.getTimestamp("at").toInstant()));
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
    return shifts;
  }

  private String text(String sql, long argument) {
    try (Connection connection = system.asOwner();
        PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, argument);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }
}
