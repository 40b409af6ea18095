package dev.airlock.workflows;

import dev.airlock.dsl.graph.StageSpec;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.util.ArrayList;
import java.util.List;

/** How long the history of a run has become, and what may begin at that length. */
final class HistoryLength {

  /** So many isolated stages of a run are under way at a time, of at most eight events each. */
  private static final int ISOLATED_AT_ONCE = 400;

  private static final int EVENTS_OF_A_SHORT_STAGE = 2;

  private final HistoryBounds bounds;
  private long lastKnown;
  private long since;

  HistoryLength(HistoryBounds bounds) {
    this.bounds = bounds;
  }

  /** A short stage begins: Temporal learns of it only with the end of the workflow task. */
  void addShort() {
    since += EVENTS_OF_A_SHORT_STAGE;
  }

  /** Whether it is time to go on elsewhere. */
  boolean isLong() {
    return bounds.isLong(events()) && isWatched();
  }

  /**
   * The stages that may begin now: short ones, and as many others as there is room for.
   *
   * @param underWay how many are under way that this execution must see through
   */
  List<StageSpec> thoseThatFit(List<StageSpec> ready, long underWay) {
    long room = isTooLong() ? 0 : Math.max(0, ISOLATED_AT_ONCE - underWay);
    if (ready.stream().filter(HistoryLength::isIsolated).count() <= room || !isWatched()) {
      return ready;
    }
    List<StageSpec> fit = new ArrayList<>();
    for (StageSpec stage : ready) {
      if (!isIsolated(stage)) {
        fit.add(stage);
      } else if (room > 0) {
        fit.add(stage);
        room--;
      }
    }
    return fit;
  }

  private static boolean isIsolated(StageSpec stage) {
    return !StageActivities.isShort(stage);
  }

  private boolean isTooLong() {
    return bounds.isTooLong(events());
  }

  /** Runs that grew long under a release that did not look go on as they began. */
  private static boolean isWatched() {
    return Workflow.getVersion("history-length", Workflow.DEFAULT_VERSION, 1) == 1;
  }

  private long events() {
    WorkflowInfo info = Workflow.getInfo();
    if (info.getHistoryLength() != lastKnown) {
      lastKnown = info.getHistoryLength();
      since = 0;
    }
    return lastKnown + since;
  }
}
