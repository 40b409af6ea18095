package dev.airlock.dsl;

import dev.airlock.dsl.graph.Work;

/** A deployment that does not say yet how traffic moves. */
public final class PendingDeployment {

  private final StageDraft draft;

  PendingDeployment(StageDraft draft) {
    this.draft = draft;
  }

  /** All traffic at once; the way back is as short. */
  public Stage<Deployment> blueGreen() {
    draft.finishBy(findings -> new Work.Deploy(Work.Strategy.BLUE_GREEN));
    return new Stage<>(draft);
  }
}
