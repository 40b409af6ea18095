package dev.airlock.store;

import java.time.Instant;
import java.util.Map;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody should know.
 *
 * @param model null for an alert of a run
 * @param cause no two open alerts have the same
 * @param consequence {@code open-ticket}, {@code retrain} or {@code roll-back}
 * @param title one line
 * @param figures those that it rests on
 * @param state how it stands: open, acknowledged or closed
 * @param openedAsOf by the logical clock
 * @param runId the newest retrain that it has asked for
 * @param commandId the rollback that it has asked for
 * @param lateRunId the run that is late, or of which a stage is; null for an alert of a model
 */
public record Alert(
    long id,
    @Nullable String model,
    @Nullable Long monitorId,
    @Nullable Long rolloutId,
    String cause,
    String consequence,
    String title,
    @Json Map<String, Double> figures,
    String state,
    Instant openedAsOf,
    Instant openedAt,
    @Nullable String acknowledgedBy,
    @Nullable Instant acknowledgedAt,
    @Nullable Instant closedAsOf,
    @Nullable Instant closedAt,
    String closedBecause,
    @Nullable Long runId,
    @Nullable Long commandId,
    @Nullable Long lateRunId) {}
