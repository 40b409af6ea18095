package dev.airlock.worker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.RunContext;
import dev.airlock.dsl.SecretValue;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.UserTaskActivities;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Calls tasks of one's own, in the code that the run began with. */
final class OwnTasks implements UserTaskActivities {

  private final PipelineCode code;
  private final TaskArguments arguments;
  private final Function<String, SecretValue> secrets;
  private final IntSupplier attempt;
  private final Documents documents;

  /**
   * Calls tasks.
   *
   * @param secrets gives the value of a secret by its name
   * @param attempt the number, from 1, that Temporal gives the attempt that the calling thread
   *     carries out
   */
  OwnTasks(
      PipelineCode code,
      TaskArguments arguments,
      Function<String, SecretValue> secrets,
      IntSupplier attempt,
      Documents documents) {
    this.code = code;
    this.arguments = arguments;
    this.secrets = secrets;
    this.attempt = attempt;
    this.documents = documents;
  }

  @Override
  public StageOutput call(StageTask task) {
    return invoke(task);
  }

  @Override
  public StageOutput callShort(StageTask task) {
    return invoke(task);
  }

  private StageOutput invoke(StageTask task) {
    AttemptLog.listenToNewThreads();
    Work.Task work = (Work.Task) task.stage().work();
    return kept(answer(task, work), work);
  }

  /** An answer as the stage hands it on: itself or, where it is long, a document. */
  StageOutput kept(@Nullable Object answer, Work.Task work) {
    return documents.result(TaskCall.json(answer, work));
  }

  /** What the method answers that the stage, or one like it, names; null where it has no answer. */
  @Nullable Object answer(StageTask task, Work.Task work) {
    return answer(task, work, call -> call.answer(new ArrayList<>(task.inputs().values())));
  }

  /**
   * What the method answers for one item of a map.
   *
   * @param others the results that it is given beside the item
   */
  @Nullable Object answer(StageTask task, Work.Task work, JsonNode item, List<StageOutput> others) {
    return answer(task, work, call -> call.answer(item, others));
  }

  private @Nullable Object answer(
      StageTask task, Work.Task work, Function<TaskCall, @Nullable Object> question) {
    TaskCall call = TaskCall.find(code, arguments, secrets, task, work);
    RunContext.Scope scope = context(task).enter();
    try {
      return question.apply(call);
    } finally {
      scope.close();
    }
  }

  private RunContext context(StageTask task) {
    return new RunContext(
        task.pipeline(),
        task.runId(),
        task.stage().name(),
        task.earlierAttempts() + attempt.getAsInt(),
        task.logicalDate(),
        task.key());
  }
}
