package dev.airlock.store;

/**
 * The kept history of one workflow of a run.
 *
 * @param position in the order in which the run's workflows began, from 1; the run itself is first
 * @param workflowId Temporal's, such as {@code run-41}
 * @param executionId Temporal's run id: a workflow that continued as new has several
 * @param workflow its type, such as {@code PipelineWorkflow}
 * @param events how many it has
 * @param digest of its JSON, compressed with gzip, in the artifact store
 */
public record RunHistory(
    int position,
    String workflowId,
    String executionId,
    String workflow,
    int events,
    String digest) {}
