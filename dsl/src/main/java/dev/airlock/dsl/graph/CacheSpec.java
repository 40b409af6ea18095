package dev.airlock.dsl.graph;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * That a stage's earlier result may be taken again where code, inputs and params are the same.
 *
 * @param within how old the result may be; null for any age
 */
public record CacheSpec(@Nullable Duration within) {}
