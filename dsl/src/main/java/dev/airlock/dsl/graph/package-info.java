/**
 * A pipeline as plain records: what its class builds, what is stored as a version under the digest
 * of its JSON, and what the interpreter takes as its input. Start with {@link
 * dev.airlock.dsl.graph.Graph}.
 */
@NullMarked
package dev.airlock.dsl.graph;

import org.jspecify.annotations.NullMarked;
