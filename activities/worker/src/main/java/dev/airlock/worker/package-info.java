/**
 * The worker process: wires the activities to Temporal, publishes pipelines, and calls tasks of
 * one's own. Start with {@link dev.airlock.worker.WorkerMain}.
 */
@NullMarked
package dev.airlock.worker;

import org.jspecify.annotations.NullMarked;
