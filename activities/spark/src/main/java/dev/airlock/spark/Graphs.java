package dev.airlock.spark;

import dev.airlock.dsl.graph.Graph;

/** The graphs of published pipelines. */
public interface Graphs {

  /** The graph of this version of this pipeline, which never changes. */
  Graph of(String pipeline, int version);
}
