package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;

/** Looks at the world for a sensor. On {@link TaskQueues#tasks}. */
@ActivityInterface(namePrefix = "Sensor")
public interface SensorActivities {

  /**
   * Looks once.
   *
   * @return what has arrived
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#NOT_YET} where nothing has,
   *     or another where looking failed
   */
  StageOutput look(SensorLook look);
}
