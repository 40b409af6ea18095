package dev.airlock.dsl;

import dev.airlock.dsl.graph.Graph;

/** A pipeline without problems, as {@link PipelineBuilder#build} gives it. */
public final class Pipeline {

  private final Graph graph;

  Pipeline(Graph graph) {
    this.graph = graph;
  }

  /**
   * Starts a pipeline.
   *
   * @param name lower-case words joined by hyphens, unique among pipelines; also the name of the
   *     model that it registers, unless it says otherwise
   */
  public static PipelineBuilder named(String name) {
    return new PipelineBuilder(name);
  }

  /** What is stored, run and drawn. */
  public Graph graph() {
    return graph;
  }

  @Override
  public String toString() {
    return graph.toString();
  }
}
