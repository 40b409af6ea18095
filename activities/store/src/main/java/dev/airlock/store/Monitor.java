package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedMap;
import org.jdbi.v3.json.Json;

/**
 * A watch over a model.
 *
 * @param runId the newest run that has put it in place
 * @param params of that run; a retrain takes them
 * @param logicalDate of that run
 */
public record Monitor(
    long id,
    String model,
    String name,
    String pipeline,
    long runId,
    String stage,
    @Json Work.Monitor spec,
    Duration every,
    @Json SortedMap<String, String> params,
    Instant logicalDate,
    boolean paused,
    Instant updatedAt) {}
