package dev.airlock.store;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RolloutState;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A version's way to all traffic.
 *
 * @param champion the version that all traffic goes back to
 * @param step where it stands, from 0
 * @param weight the candidate's share of customers now, in percent
 * @param heldUntil the earliest end of the step's hold; null while it waits for a person or is over
 * @param because why it is paused or how it ended; empty where there is nothing to say
 */
public record Rollout(
    long id,
    long commandId,
    String model,
    int version,
    int champion,
    @Json List<RolloutPlan.Step> steps,
    @Json List<Condition> promoteWhile,
    String requestedBy,
    RolloutState state,
    int step,
    int weight,
    @Nullable Instant heldUntil,
    String because,
    Instant startedAt,
    @Nullable Instant endedAt) {}
