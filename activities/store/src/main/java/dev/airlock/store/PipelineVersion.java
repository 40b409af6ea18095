package dev.airlock.store;

import dev.airlock.dsl.graph.Graph;
import java.time.Instant;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A version of a pipeline, from 1: a graph and the jar that its tasks and resources come from.
 *
 * @param publishedBy counts as having asked for runs that a schedule starts
 * @param fileName the file that it was published as; null where that was not noted
 */
public record PipelineVersion(
    String pipeline,
    int version,
    String graphDigest,
    @Json Graph graph,
    String codeDigest,
    String publishedBy,
    Instant publishedAt,
    @Nullable String fileName) {}
