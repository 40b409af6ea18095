package dev.airlock.testing;

import dev.airlock.workflows.TaskQueues;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.util.Optional;

/**
 * Executes recorded histories again, with the workflows of today. No activity is called and nobody
 * is asked: whatever they answered then is in the history. A breakpoint in a workflow stops where
 * the run of then stood.
 */
public final class Replay implements AutoCloseable {

  private static final int LONGEST_CHAIN = 20;

  private final TestWorkflowEnvironment temporal =
      TestWorkflowEnvironment.newInstance(
          TestEnvironmentOptions.newBuilder()
              .setWorkflowClientOptions(
                  WorkflowClientOptions.newBuilder()
                      .setDataConverter(WorkflowTypes.dataConverter())
                      .build())
              .build());
  private final Worker worker =
      temporal.newWorker(TaskQueues.CONTROL, WorkflowTypes.workerOptions().build());

  /** A replay of any number of histories. */
  public Replay() {
    WorkflowTypes.register(worker);
  }

  /**
   * How the replay of one history went.
   *
   * @param workflow the type of the workflow, such as {@code PipelineWorkflow}
   * @param events how many events the history has
   * @param difference what is decided otherwise today; empty where nothing is
   */
  public record Outcome(String workflow, int events, Optional<String> difference) {}

  /**
   * Executes a history again.
   *
   * @param history as Temporal writes it, in JSON
   * @throws IllegalArgumentException where the text is no history of a workflow
   */
  public Outcome of(String history) {
    WorkflowExecutionHistory parsed = parse(history);
    int events = parsed.getEvents().size();
    String type = typeOf(parsed.getEvents().get(0));
    try {
      worker.replayWorkflowExecution(parsed);
      return new Outcome(type, events, Optional.empty());
    } catch (Exception e) {
      return new Outcome(type, events, Optional.of(innermost(e)));
    }
  }

  private static WorkflowExecutionHistory parse(String history) {
    try {
      WorkflowExecutionHistory parsed = WorkflowExecutionHistory.fromJson(history);
      if (!parsed.getEvents().isEmpty() && !typeOf(parsed.getEvents().get(0)).isEmpty()) {
        return parsed;
      }
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "It is no history of a workflow. Expected the JSON that Temporal writes: " + innermost(e),
          e);
    }
    throw new IllegalArgumentException(
        "It is no history of a workflow. Expected JSON whose first event starts one.");
  }

  private static String typeOf(HistoryEvent first) {
    return first.getWorkflowExecutionStartedEventAttributes().getWorkflowType().getName();
  }

  /** Which says what differs; those around it say only that something does. */
  private static String innermost(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause.getCause() != null && depth < LONGEST_CHAIN; depth++) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  @Override
  public void close() {
    temporal.close();
  }
}
