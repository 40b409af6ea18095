package dev.airlock.system;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A small pipeline with every kind of stage that the real one has, on made-up rows, so that a run
 * takes seconds.
 */
final class Drill {

  static final String PIPELINE = "drill";
  static final String MODEL = "drill";

  private static final List<LocalDate> SNAPSHOTS =
      List.of(
          LocalDate.of(2024, 1, 31),
          LocalDate.of(2024, 2, 29),
          LocalDate.of(2024, 3, 31),
          LocalDate.of(2024, 4, 30));
  private static final int ROWS_PER_SNAPSHOT = 400;
  private static final PipelineJar JAR =
      new PipelineJar(PIPELINE, "Drill", Map.of("drill.csv", rows()));

  private Drill() {}

  /** Rows in which {@code visits} tells something about {@code bought}; always the same. */
  static String rows() {
    return rows(7);
  }

  /** Other rows of the same kind for each seed. */
  static String rows(long seed) {
    Random random = new Random(seed);
    StringBuilder csv = new StringBuilder("as_of,customer,visits,spend,bought\n");
    for (LocalDate snapshot : SNAPSHOTS) {
      for (int customer = 1; customer <= ROWS_PER_SNAPSHOT; customer++) {
        int visits = random.nextInt(20);
        double spend = Math.round(random.nextDouble() * 10_000) / 100.0;
        int bought = random.nextInt(20) < visits ? 1 : 0;
        csv.append("%s,%d,%d,%s,%d%n".formatted(snapshot, customer, visits, spend, bought));
      }
    }
    return csv.toString();
  }

  /** Starts a run of it, published before if need be; answers the run's id. */
  static long start(RunningSystem system, Map<String, String> params) {
    JAR.havePublished(system);
    return system.as("engineer").start(PIPELINE, params);
  }

  /** A run of it, approved, to its end. */
  static void runToTheEnd(RunningSystem system, Map<String, String> params) {
    Duration patience = Duration.ofMinutes(3);
    Client engineer = system.as("engineer");
    long run = start(system, params);
    system.as("approver").decide(engineer.awaitApproval(run, patience), "approve", "Fine").ok();
    engineer.awaitRun(run, patience, "succeeded");
  }

  /** Makes sure that a version of it is live. */
  static void haveOneLive(RunningSystem system) {
    if (system.count("select count(*) from routing where model = 'drill'") == 0) {
      runToTheEnd(system, Map.of());
    }
  }
}
