package dev.airlock.store;

import java.time.Instant;

/**
 * A pipeline whose runs may register versions of a model.
 *
 * @param owner as the pipeline names it; it may be nobody who is known here
 * @param allowedBy whoever allowed it, or whose run was the first to register a version
 * @param because why, in a sentence
 */
public record ModelPipeline(
    String pipeline, String owner, String allowedBy, String because, Instant allowedAt) {}
