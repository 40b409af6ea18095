package dev.airlock.store;

import dev.airlock.workflows.RunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline in a list.
 *
 * @param version the current one
 * @param paused whether its schedule rests
 * @param unpublishedAt since when its jar is gone; null as long as it is there
 * @param fileName the file that its current version came out of; null where that was not noted
 * @param lastRunId its newest run, or null before the first
 */
public record PipelineSummary(
    String name,
    String owner,
    int version,
    boolean paused,
    @Nullable Instant unpublishedAt,
    @Nullable String fileName,
    @Nullable Long lastRunId,
    @Nullable RunState lastRunState,
    @Nullable Instant lastRunAt) {}
