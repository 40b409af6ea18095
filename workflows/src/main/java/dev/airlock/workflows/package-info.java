/**
 * How a run advances: Temporal workflows, and the interfaces of the activities that they call,
 * records in and records out. Start with {@link dev.airlock.workflows.PipelineWorkflow}.
 */
@NullMarked
package dev.airlock.workflows;

import org.jspecify.annotations.NullMarked;
