package dev.airlock.dsl.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a stage starts, beyond the results that it takes, and what its end means to others.
 *
 * @param after stages that must have ended before, though their results are not taken
 * @param trigger how the stages before it must have ended; null for {@link TriggerRule#ALL_SUCCESS}
 * @param guard the choice on which it depends, or null
 * @param group the group that pages draw it in, or null
 * @param part what it is to other stages or to the whole run; null for a plain stage
 * @param of what a {@link Part} belongs to: the set-ups of a teardown, the stage that a
 *     compensation undoes, the stage whose failure calls; empty for a plain stage, and where the
 *     failure of the whole run calls
 * @param choice what it may answer, where its answer decides what runs; else null
 * @param mayFail whether its failure leaves the run as good as it was
 */
public record FlowSpec(
    List<String> after,
    @Nullable TriggerRule trigger,
    @Nullable Guard guard,
    @Nullable String group,
    @Nullable Part part,
    List<String> of,
    @Nullable Choice choice,
    boolean mayFail) {

  /** What is said of a stage of which nothing was said. */
  public static final FlowSpec PLAIN =
      new FlowSpec(List.of(), null, null, null, null, List.of(), null, false);

  public FlowSpec {
    after = after == null ? List.of() : List.copyOf(after);
    of = of == null ? List.of() : List.copyOf(of);
  }

  /** A plain stage that comes after others. */
  public FlowSpec(
      List<String> after,
      @Nullable TriggerRule trigger,
      @Nullable Guard guard,
      @Nullable String group) {
    this(after, trigger, guard, group, null, List.of(), null, false);
  }

  /** What a stage is to other stages or to the whole run. */
  public enum Part {
    /** Runs once the stages between it and its set-ups have ended, if a set-up has succeeded. */
    TEARDOWN,
    /** Runs only where what it belongs to has failed. */
    ON_FAILURE,
    /** Runs only where the run fails or is cancelled, if what it undoes has succeeded. */
    COMPENSATION
  }

  /**
   * That a stage's answer decides what runs.
   *
   * @param answers those that it may give; empty for any text
   * @param shortCircuit whether all that follows is skipped where the answer is "false"
   */
  public record Choice(List<String> answers, boolean shortCircuit) {

    public Choice {
      answers = List.copyOf(answers);
    }
  }
}
