package dev.airlock.system;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A pipeline of 200 rows, whose last stage fails where {@code at-most} is less than that. */
final class Again {

  static final String PIPELINE = "again";

  private static final PipelineJar JAR =
      new PipelineJar(
          PIPELINE,
          "Again",
          Map.of(
              "again.csv",
              IntStream.rangeClosed(1, 200)
                  .mapToObj(Integer::toString)
                  .collect(Collectors.joining("\n", "customer\n", "\n"))));

  private Again() {}

  /** Starts a run of it, published before if need be; answers the run's id. */
  static long start(RunningSystem system, Map<String, String> params) {
    JAR.havePublished(system);
    return system.as("engineer").start(PIPELINE, params);
  }
}
