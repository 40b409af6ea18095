package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stage that waits for an event, or has.
 *
 * @param name of the event or the dataset
 * @param since whatever is older does not count
 * @param endedAt when it was met or given up; null as long as it waits
 */
public record EventWait(
    long id,
    long runId,
    String stage,
    Work.EventSource source,
    String name,
    Instant since,
    Instant until,
    @Nullable Long eventId,
    @Nullable Long datasetVersionId,
    @Nullable Instant endedAt) {}
