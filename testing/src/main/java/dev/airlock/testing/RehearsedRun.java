package dev.airlock.testing;

import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageState;
import io.temporal.common.WorkflowExecutionHistory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a rehearsed run went. */
public final class RehearsedRun {

  private final RunState state;
  private final List<StageChange> changes;
  private final Map<String, StageChange> last;
  private final Map<String, Integer> attempts;
  private final Map<String, List<Integer>> weights;
  private final Map<String, String> compensations;
  private final Duration elapsed;
  private final List<WorkflowExecutionHistory> histories;

  RehearsedRun(
      RunState state,
      List<StageChange> changes,
      Map<String, StageChange> last,
      Map<String, Integer> attempts,
      Map<String, List<Integer>> weights,
      Map<String, String> compensations,
      Duration elapsed,
      List<WorkflowExecutionHistory> histories) {
    this.state = state;
    this.changes = changes;
    this.last = last;
    this.attempts = attempts;
    this.weights = weights;
    this.compensations = compensations;
    this.elapsed = elapsed;
    this.histories = histories;
  }

  /** How it ended. */
  public RunState state() {
    return state;
  }

  /**
   * How a stage ended.
   *
   * @throws IllegalArgumentException where there is no such stage
   */
  public StageState stage(String stage) {
    return last(stage).state();
  }

  /**
   * What a stage handed on.
   *
   * @throws IllegalArgumentException where there is no such stage, or it has not succeeded
   */
  public StageOutput output(String stage) {
    StageOutput output = last(stage).output();
    if (output == null) {
      throw new IllegalArgumentException("'" + stage + "' gave nothing: it is " + stage(stage));
    }
    return output;
  }

  /**
   * Why a stage failed, as its page would say it.
   *
   * @throws IllegalArgumentException where there is no such stage, or it has not failed
   */
  public StageError error(String stage) {
    StageError error = last(stage).error();
    if (error == null) {
      throw new IllegalArgumentException("'" + stage + "' has not failed: it is " + stage(stage));
    }
    return error;
  }

  /** How often a stage was tried; 0 for one that never began, an approval or a deployment. */
  public int attempts(String stage) {
    return attempts.getOrDefault(last(stage).stage(), 0);
  }

  /**
   * What a canary did with the traffic: the new version's weights in percent, in order. Ends with
   * 100 where it took over and with 0 where it was taken back; empty where no traffic was shifted
   * step by step, as where nothing was live before.
   *
   * @throws IllegalArgumentException where there is no such stage
   */
  public List<Integer> weights(String stage) {
    return weights.getOrDefault(last(stage).stage(), List.of());
  }

  /** The stages that succeeded, in the order in which they did. */
  public List<String> order() {
    return changes.stream()
        .filter(change -> change.state() == StageState.SUCCEEDED)
        .map(StageChange::stage)
        .toList();
  }

  /** The stages whose work was undone, in the order in which it was. */
  public List<String> undone() {
    return order().stream()
        .filter(compensations::containsKey)
        .map(stage -> compensations.getOrDefault(stage, stage))
        .toList();
  }

  /** Every change of every stage, in order. */
  public List<StageChange> changes() {
    return changes;
  }

  /**
   * What happened when, a line each: the time since the start, the stage, its state, and why it
   * failed.
   */
  public String timeline() {
    StringBuilder text = new StringBuilder();
    for (StageChange change : changes) {
      StageError error = change.error();
      text.append(
          "%14s  %s %s%s%n"
              .formatted(
                  sinceStart(change),
                  change.stage(),
                  change.state().word(),
                  error == null ? "" : ": " + error.message()));
    }
    return text.append("%14s  %s%n".formatted(words(elapsed), state.word())).toString();
  }

  private String sinceStart(StageChange change) {
    return words(Duration.between(changes.get(0).at(), change.at()));
  }

  private static String words(Duration time) {
    return "+%dd %02d:%02d:%02d"
        .formatted(time.toDays(), time.toHoursPart(), time.toMinutesPart(), time.toSecondsPart());
  }

  /** From start to end by the run's own clock, which skips whatever is only waiting. */
  public Duration elapsed() {
    return elapsed;
  }

  /**
   * The histories of the run's workflows as Temporal writes them, in JSON, by the workflow's id:
   * {@code run-1}, its maps', {@code run-1/forecast}, and those of the models and canaries that it
   * touched. A {@link Replay} executes them again; kept beside a test, they tell whether a later
   * release of Airlock would carry on such a run.
   */
  public Map<String, String> histories() {
    Map<String, String> texts = new TreeMap<>();
    for (WorkflowExecutionHistory history : histories) {
      texts.put(history.getWorkflowExecution().getWorkflowId(), history.toJson(true));
    }
    return texts;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(state.word()).append(" after ").append(elapsed);
    last.forEach(
        (stage, change) -> text.append("\n  ").append(stage).append(' ').append(change.state()));
    return text.toString();
  }

  StageChange last(String stage) {
    StageChange change = last.get(stage);
    if (change == null) {
      throw new IllegalArgumentException(
          "The run has no stage '%s'; it has %s.".formatted(stage, last.keySet()));
    }
    return change;
  }
}
