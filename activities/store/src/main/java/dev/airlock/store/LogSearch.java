package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What to look for in logs. A text is found in upper and lower case alike.
 *
 * @param text what a line must hold, or null
 * @param pipeline only of runs of this pipeline, or null
 * @param runId only of this run, or null
 * @param level only lines that matter as much, or null
 * @param since only lines from this moment on, or null
 */
public record LogSearch(
    @Nullable String text,
    @Nullable String pipeline,
    @Nullable Long runId,
    @Nullable LogLevel level,
    @Nullable Instant since) {}
