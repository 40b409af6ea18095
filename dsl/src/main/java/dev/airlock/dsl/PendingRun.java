package dev.airlock.dsl;

import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.Work;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A run of another pipeline, of which it is not said yet whether this one waits for it. */
public final class PendingRun {

  private final StageDraft draft;
  private final String pipeline;
  private final SortedMap<String, Setting> params = new TreeMap<>();

  PendingRun(StageDraft draft, String pipeline) {
    this.draft = draft;
    this.pipeline = pipeline;
  }

  /** Gives the run a param; what is given to none has its default there. */
  public PendingRun param(String name, Object value) {
    params.put(name, Setting.of(value));
    return this;
  }

  /** Gives the run a param that this run was given. */
  public PendingRun param(String name, Param<?> value) {
    params.put(name, Setting.fromParam(value.name()));
    draft.read(List.of(value));
    return this;
  }

  /** Succeeds once that run has, and fails where it fails. Cancelled, it cancels that run. */
  public Stage<ChildRun> waitFor() {
    return end(true);
  }

  /** Succeeds once that run is asked for; what becomes of it is its own affair. */
  public Stage<ChildRun> goOn() {
    return end(false);
  }

  private Stage<ChildRun> end(boolean waits) {
    draft.finishBy(
        findings -> {
          Names.check(pipeline, "pipeline", findings);
          return new Work.SubPipeline(pipeline, params, waits);
        });
    return new Stage<>(draft);
  }
}
