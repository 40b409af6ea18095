package dev.airlock.store;

import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageError;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * One run of one pipeline.
 *
 * @param version the pipeline's version
 * @param params every param of the graph, defaults filled in
 * @param requestedBy whoever counts as having asked
 * @param triggeredBy what started it, in words
 * @param triggerDetail JSON of what started it, such as a monitor's rule with its figures, or null
 * @param tags words that people gave it to find it by
 * @param error of a run that failed
 * @param cancelRequestedBy whoever asked for its cancellation
 * @param parent the run that it resumes, or null
 */
public record Run(
    long id,
    String pipeline,
    int version,
    Instant logicalDate,
    @Json SortedMap<String, String> params,
    String requestedBy,
    String triggeredBy,
    @Nullable String triggerDetail,
    String note,
    @Json List<String> tags,
    RunState state,
    @Json @Nullable StageError error,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String cancelRequestedBy,
    @Nullable Long parent) {}
