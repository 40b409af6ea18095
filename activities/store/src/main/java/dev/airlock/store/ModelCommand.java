package dev.airlock.store;

import dev.airlock.workflows.CommandOutcome;
import java.time.Instant;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A command to move a model's traffic.
 *
 * @param kind {@code deploy} or {@code rollback}
 * @param runId the run that waits for it, or null
 * @param outcome null as long as it is under way
 */
public record ModelCommand(
    long id,
    String kind,
    String model,
    int version,
    @Nullable Long approvalId,
    @Nullable Long runId,
    @Nullable String stage,
    String requestedBy,
    String reason,
    Instant requestedAt,
    @Json @Nullable CommandOutcome outcome,
    @Nullable Instant finishedAt) {}
