package dev.airlock.store;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdbi.v3.json.Json;

/**
 * What an attempt at a stage rested on and gave, each by the SHA-256 of its JSON.
 *
 * @param codeDigest the jar
 * @param inputsDigest of the results that it took
 * @param paramsDigest of the params that it read, and of the stage itself
 * @param environment versions of Java, Spark and Airlock, and the like
 */
public record Manifest(
    long runId,
    String stage,
    int attempt,
    String codeDigest,
    String inputsDigest,
    String paramsDigest,
    String environmentDigest,
    String outputDigest,
    @Json SortedMap<String, String> environment) {

  /** The manifest of an attempt that succeeded. */
  public static Manifest of(
      StageTask task, int attempt, SortedMap<String, String> environment, StageOutput output) {
    StageSpec stage = task.stage();
    SortedMap<String, String> read = new TreeMap<String, String>(task.params());
    read.keySet().retainAll(stage.params());
    return new Manifest(
        task.runId(),
        stage.name(),
        attempt,
        task.codeDigest(),
        digest(task.inputs()),
        digest(List.of(stage, read, task.logicalDate())),
        digest(environment),
        digest(output),
        environment);
  }

  private static String digest(Object value) {
    return dev.airlock.workflows.Json.digest(
        dev.airlock.workflows.Json.write(value).getBytes(StandardCharsets.UTF_8));
  }
}
