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
 * @param earlierAttempts the number below which every attempt belongs to an activity that an outage
 *     has ended; the stage's attempt is this plus the activity's own
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
    Map<String, StageOutput> inputs,
    int earlierAttempts) {

  public StageTask {
    params = new TreeMap<String, String>((Map<String, String>) params);
    inputs = new LinkedHashMap<>(inputs);
  }

  /** The task of a stage that no outage has met. */
  public StageTask(
      long runId,
      String pipeline,
      int version,
      String codeDigest,
      Instant logicalDate,
      SortedMap<String, String> params,
      String requestedBy,
      StageSpec stage,
      Map<String, StageOutput> inputs) {
    this(runId, pipeline, version, codeDigest, logicalDate, params, requestedBy, stage, inputs, 0);
  }

  /** The same, once more, since an outage ended its activity. */
  StageTask afterOutage() {
    return new StageTask(
        runId,
        pipeline,
        version,
        codeDigest,
        logicalDate,
        params,
        requestedBy,
        stage,
        inputs,
        earlierAttempts + stage.retry().maximumAttempts());
  }

  /** The same, its first input replaced by what it is a reference to. */
  StageTask readingFirst(StageOutput first) {
    Map<String, StageOutput> replaced = new LinkedHashMap<>(inputs);
    replaced.put(stage.inputs().get(0), first);
    return new StageTask(
        runId,
        pipeline,
        version,
        codeDigest,
        logicalDate,
        params,
        requestedBy,
        stage,
        replaced,
        earlierAttempts);
  }

  /** The key under which a stage's effect is unique: {@code run-41/register}. */
  public String key() {
    return RunIds.workflowId(runId) + "/" + stage.name();
  }
}
