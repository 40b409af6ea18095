package dev.airlock.workflows;

import dev.airlock.dsl.graph.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What could be known at one moment of a step.
 *
 * @param verdict failure where one finding fails; else inconclusive where one is; else success
 */
public record RolloutAnalysis(Verdict verdict, List<Finding> findings) {

  public RolloutAnalysis {
    findings = List.copyOf(findings);
  }

  /** As Argo Rollouts has them. */
  public enum Verdict {
    SUCCESS,
    FAILURE,
    /** Too little is known to say: never a pass. */
    INCONCLUSIVE
  }

  /**
   * One condition.
   *
   * @param figure null where there is none yet
   * @param rows what it rests on: predictions or requests of the new version in this step
   * @param detail a sentence
   */
  public record Finding(
      Condition condition, @Nullable Double figure, long rows, Verdict verdict, String detail) {}
}
