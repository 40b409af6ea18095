/** Finds the pipelines in a jar. Start with {@link dev.airlock.dsl.load.PipelineJar}. */
@NullMarked
package dev.airlock.dsl.load;

import org.jspecify.annotations.NullMarked;
