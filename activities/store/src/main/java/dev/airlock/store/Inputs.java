package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Holds what a task says against what PostgreSQL knows. */
final class Inputs {

  private Inputs() {}

  /** The run as it was written down. */
  static RunRequest run(Handle handle, StageTask task) {
    return handle
        .attach(Runs.class)
        .startRequest(task.runId())
        .orElseThrow(
            () ->
                StageFailure.of(
                    StageFailure.BAD_PIPELINE, "There is no run " + task.runId() + "."));
  }

  /** The stage's work as the pipeline's stored version has it. */
  static <W extends Work> W work(RunRequest run, String stage, Class<W> kind) {
    return run.graph()
        .stage(stage)
        .map(spec -> spec.work())
        .filter(kind::isInstance)
        .map(kind::cast)
        .orElseThrow(
            () ->
                StageFailure.of(
                    StageFailure.BAD_PIPELINE,
                    "Stage %s of run %d is no %s in version %d of %s."
                        .formatted(
                            stage,
                            run.runId(),
                            kind.getSimpleName(),
                            run.version(),
                            run.graph().name())));
  }

  /** The task's one input of this kind. */
  static <T extends StageOutput> T only(StageTask task, Class<T> kind) {
    List<T> found =
        task.inputs().values().stream().filter(kind::isInstance).map(kind::cast).toList();
    if (found.size() != 1) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "Stage %s expects one %s among its inputs; it got %d."
              .formatted(task.stage().name(), kind.getSimpleName(), found.size()));
    }
    return found.get(0);
  }

  /** The version as it was registered. */
  static ModelVersion stored(Handle handle, StageOutput.RegisteredVersion claimed) {
    return handle
        .attach(Models.class)
        .version(claimed.model(), claimed.version())
        .filter(version -> version.output().equals(claimed))
        .orElseThrow(
            () ->
                StageFailure.of(
                    StageFailure.BAD_PIPELINE,
                    "No version %d of %s was registered with artifact %s and evidence %s."
                        .formatted(
                            claimed.version(),
                            claimed.model(),
                            claimed.artifactDigest(),
                            claimed.evidenceDigest())));
  }
}
