package dev.airlock.workflows;

import dev.airlock.dsl.graph.Graph;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run needs to know; it never asks again.
 *
 * @param runId the row it belongs to
 * @param version the pipeline's version, from 1
 * @param codeDigest the jar that the run's own tasks and resources come from
 * @param logicalDate the moment that the run stands for; data after it does not exist for it
 * @param params every param of the graph, defaults filled in
 * @param requestedBy whoever asked; who published the version, where a schedule or a monitor
 *     started it
 * @param triggeredBy what started it, in words: "engineer", "schedule"
 * @param reused what the run takes from an earlier one, by the stage that gave it; null where
 *     nothing
 * @param carried how far it had come when it continued as new; null at the beginning
 */
public record RunRequest(
    long runId,
    int version,
    Graph graph,
    String codeDigest,
    Instant logicalDate,
    SortedMap<String, String> params,
    String requestedBy,
    String triggeredBy,
    @Nullable Map<String, StageOutput> reused,
    @Nullable RunCarry carried) {

  public RunRequest {
    params = new TreeMap<String, String>((Map<String, String>) params);
    reused = reused == null ? null : new LinkedHashMap<>(reused);
  }

  /** The request of a run that begins at its beginning. */
  public RunRequest(
      long runId,
      int version,
      Graph graph,
      String codeDigest,
      Instant logicalDate,
      SortedMap<String, String> params,
      String requestedBy,
      String triggeredBy) {
    this(runId, version, graph, codeDigest, logicalDate, params, requestedBy, triggeredBy, null);
  }

  /** The request of a run that begins with what an earlier one has made. */
  public RunRequest(
      long runId,
      int version,
      Graph graph,
      String codeDigest,
      Instant logicalDate,
      SortedMap<String, String> params,
      String requestedBy,
      String triggeredBy,
      @Nullable Map<String, StageOutput> reused) {
    this(
        runId,
        version,
        graph,
        codeDigest,
        logicalDate,
        params,
        requestedBy,
        triggeredBy,
        reused,
        null);
  }

  /** The same run, further on. */
  RunRequest at(RunCarry further) {
    return new RunRequest(
        runId,
        version,
        graph,
        codeDigest,
        logicalDate,
        params,
        requestedBy,
        triggeredBy,
        reused,
        further);
  }
}
