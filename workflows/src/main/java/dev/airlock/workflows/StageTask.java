package dev.airlock.workflows;

import dev.airlock.dsl.graph.StageSpec;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a stage's activity is given.
 *
 * @param params every param of the run, defaults filled in
 * @param inputs the results it takes, by the name of the stage that gave them, in the order of its
 *     arguments
 */
public record StageTask(
    long runId,
    String pipeline,
    int version,
    String codeDigest,
    Instant logicalDate,
    SortedMap<String, String> params,
    String requestedBy,
    StageSpec stage,
    Map<String, StageOutput> inputs) {

  public StageTask {
    params = new TreeMap<String, String>((Map<String, String>) params);
    inputs = new LinkedHashMap<>(inputs);
  }

  /** The key under which a stage's effect is unique: {@code run-41/register}. */
  public String key() {
    return RunIds.workflowId(runId) + "/" + stage.name();
  }
}
