package dev.airlock.programs;

import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageTask;

/** Finds the classes that results are read as. */
final class Types {

  private Types() {}

  static Class<?> load(World world, StageTask task, String name) {
    try {
      return world.type(task.codeDigest(), name);
    } catch (ClassNotFoundException e) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The run's code has no class %s to read the result as.".formatted(name));
    }
  }
}
