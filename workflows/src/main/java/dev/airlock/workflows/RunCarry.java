package dev.airlock.workflows;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a run had come when its workflow continued as new. What is known of every run, its graph
 * and params, is not in here.
 *
 * @param lastSequence the number of its newest change
 * @param states of the stages that are no longer pending
 * @param outputs that stages still to come may take
 * @param errors of the stages that failed
 * @param succeeded stages, in the order in which they did
 * @param firstError why the run failed, if it has
 * @param firstFailed the stage that failed first, of those whose failure is the run's
 * @param asked when each question that is open was asked, by its stage
 * @param standings how the approvals stand that somebody has voted on
 * @param finished commands that are said to have an outcome
 */
public record RunCarry(
    int lastSequence,
    Map<String, StageState> states,
    Map<String, StageOutput> outputs,
    Map<String, StageError> errors,
    List<String> succeeded,
    @Nullable StageError firstError,
    @Nullable String firstFailed,
    Map<String, Instant> asked,
    List<ApprovalStanding> standings,
    List<Long> finished) {

  public RunCarry {
    states = new LinkedHashMap<>(states);
    outputs = new LinkedHashMap<>(outputs);
    errors = new LinkedHashMap<>(errors);
    succeeded = List.copyOf(succeeded);
    asked = new LinkedHashMap<>(asked);
    standings = List.copyOf(standings);
    finished = List.copyOf(finished);
  }

  /** The same, with what the run waits for outside. */
  RunCarry waitingFor(
      Map<String, Instant> questions, List<ApprovalStanding> votes, List<Long> commands) {
    return new RunCarry(
        lastSequence,
        states,
        outputs,
        errors,
        succeeded,
        firstError,
        firstFailed,
        questions,
        votes,
        commands);
  }
}
