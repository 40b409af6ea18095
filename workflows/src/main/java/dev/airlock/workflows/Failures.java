package dev.airlock.workflows;

import dev.airlock.dsl.Failure;
import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageOutput.TaskResult;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a stage that a failure calls is told of it. */
final class Failures {

  private static final StageError UNKNOWN =
      new StageError("unknown", "It gave no reason.", List.of());

  private Failures() {}

  /** What the stage takes: the failure, where it is called by one and asks why. */
  static Map<String, StageOutput> inputsOf(
      StageSpec stage, RunRequest request, RunProgress progress) {
    FlowSpec flow = stage.flow();
    if (flow == null || flow.part() != FlowSpec.Part.ON_FAILURE || !asksWhy(stage)) {
      return progress.inputsOf(stage);
    }
    String failed = flow.of().isEmpty() ? progress.firstFailed() : flow.of().get(0);
    String name = failed == null ? "" : failed;
    StageError error = name.isEmpty() ? null : progress.errorOf(name);
    return Map.of("failure", new TaskResult(Json.write(failure(request, name, error))));
  }

  private static boolean asksWhy(StageSpec stage) {
    return stage.work() instanceof Work.Task task && !task.descriptor().startsWith("()");
  }

  private static Failure failure(RunRequest request, String stage, @Nullable StageError known) {
    StageError error = known == null ? UNKNOWN : known;
    return new Failure(
        request.runId(),
        request.graph().name(),
        stage,
        error.type(),
        error.message(),
        error.details());
  }
}
