package dev.airlock.dsl;

import java.util.List;

/**
 * A pipeline as a class. It needs a public constructor without arguments, and {@link #define} must
 * give the same pipeline each time: no clock, no environment, no chance.
 */
public interface PipelineSource {

  /**
   * The pipeline.
   *
   * @throws InvalidPipelineException with every problem at once
   */
  Pipeline define();

  /**
   * The implementations of the interfaces that the pipeline's own tasks are methods of: one object
   * for each interface. A task runs on a worker, in a class loader of the pipeline's own code.
   */
  default List<Object> tasks() {
    return List.of();
  }
}
