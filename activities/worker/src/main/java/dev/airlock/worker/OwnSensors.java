package dev.airlock.worker;

import dev.airlock.dsl.graph.Work;
import dev.airlock.programs.MaskedFailure;
import dev.airlock.store.SensorLooks;
import dev.airlock.workflows.SensorActivities;
import dev.airlock.workflows.SensorLook;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the world for sensors, in the code that the run began with. A look that fails is not the
 * end of it; as many as the stage's retry allows, one after the other, are.
 */
final class OwnSensors implements SensorActivities {

  private final OwnTasks tasks;
  private final SensorLooks looks;

  OwnSensors(OwnTasks tasks, SensorLooks looks) {
    this.tasks = tasks;
    this.looks = looks;
  }

  @Override
  public StageOutput look(SensorLook look) {
    StageTask task = look.task();
    Work.Sensor sensor = (Work.Sensor) task.stage().work();
    Duration pause = pause(sensor, Activity.getExecutionContext().getInfo().getAttempt());
    AttemptLog.listenToNewThreads();
    Optional<Object> found;
    try {
      found = found(tasks.answer(task, asTask(sensor)));
    } catch (RuntimeException e) {
      throw failed(task, pause, MaskedFailure.of(StageErrors.toThrow(e)));
    }
    looks.note(task.runId(), task.stage().name(), found.isPresent() ? null : pause, null);
    Object value =
        found.orElseThrow(
            () -> ApplicationFailure.newFailure("Nothing has arrived yet.", StageFailure.NOT_YET));
    return tasks.kept(value, asTask(sensor));
  }

  /** Something has arrived where the answer is true, or an Optional that is not empty. */
  static Optional<Object> found(@Nullable Object answer) {
    if (answer instanceof Optional<?> optional) {
      return optional.map(value -> (Object) value);
    }
    return Boolean.TRUE.equals(answer) ? Optional.of(true) : Optional.empty();
  }

  private RuntimeException failed(StageTask task, Duration pause, RuntimeException failure) {
    if (isFinal(failure)) {
      return failure;
    }
    String message = StageErrors.of(failure).message();
    int faults = looks.note(task.runId(), task.stage().name(), pause, message);
    return faults < task.stage().retry().maximumAttempts()
        ? failure
        : ApplicationFailure.newNonRetryableFailureWithCause(
            message, StageErrors.of(failure).type(), failure);
  }

  /** What counts as no look at all: an outage, and whatever no look can mend. */
  private static boolean isFinal(RuntimeException failure) {
    return failure instanceof ApplicationFailure known
        && (known.isNonRetryable() || known.getType().equals(StageFailure.UNAVAILABLE));
  }

  static Work.Task asTask(Work.Sensor sensor) {
    return new Work.Task(
        sensor.type(), sensor.method(), sensor.descriptor(), true, sensor.secrets());
  }

  /** As Temporal counts it: the pause after the look of this number, from 1. */
  static Duration pause(Work.Sensor sensor, int look) {
    double millis = (double) sensor.every().toMillis() * Math.pow(sensor.factor(), look - 1);
    return Duration.ofMillis((long) Math.min(millis, (double) sensor.longest().toMillis()));
  }
}
