package dev.airlock.workflows;

import dev.airlock.dsl.graph.Graph;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

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
 */
public record RunRequest(
    long runId,
    int version,
    Graph graph,
    String codeDigest,
    Instant logicalDate,
    SortedMap<String, String> params,
    String requestedBy,
    String triggeredBy) {

  public RunRequest {
    params = new TreeMap<String, String>((Map<String, String>) params);
  }
}
