package dev.airlock.testing;

import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.SubRunActivities;
import dev.airlock.workflows.SubRunEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs of other pipelines, which are over as soon as somebody looks. */
final class SubRuns implements SubRunActivities {

  private static final long FIRST = 1_001;

  private final Players players;
  private final List<SubRunEnd> ends = new ArrayList<>();
  private final List<String> stages = new ArrayList<>();

  SubRuns(Players players) {
    this.players = players;
  }

  @Override
  public synchronized long requestRun(StageTask task) {
    String stage = task.stage().name();
    if (!stages.contains(stage)) {
      stages.add(stage);
      ends.add(endOf(task));
    }
    return FIRST + stages.indexOf(stage);
  }

  private SubRunEnd endOf(StageTask task) {
    try {
      players.begin(task);
      return new SubRunEnd(RunState.SUCCEEDED, null);
    } catch (Players.RehearsedFailure failure) {
      String message = Objects.requireNonNull(failure.getMessage());
      return new SubRunEnd(
          RunState.FAILED, new StageError(StageFailure.BAD_DATA, message, List.of()));
    }
  }

  @Override
  public synchronized @Nullable SubRunEnd endOfRun(long runId) {
    return ends.get((int) (runId - FIRST));
  }

  @Override
  public void cancelRun(long runId, long becauseOf) {
    // It is over.
  }
}
