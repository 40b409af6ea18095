/**
 * What a pipeline is written with: one class, typed stages, and a compiler that refuses to deploy a
 * model nobody approved. Start with {@link dev.airlock.dsl.PipelineSource}, then {@link
 * dev.airlock.dsl.PipelineBuilder}.
 */
@NullMarked
package dev.airlock.dsl;

import org.jspecify.annotations.NullMarked;
