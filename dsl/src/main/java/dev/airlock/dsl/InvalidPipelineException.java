package dev.airlock.dsl;

import java.util.List;
import java.util.stream.Collectors;

/** A pipeline that can't run, with everything that is wrong with it. */
public final class InvalidPipelineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * Names the pipeline and its problems in the message.
   *
   * @param problems at least one
   */
  public InvalidPipelineException(String pipeline, List<Problem> problems) {
    super(message(pipeline, problems));
    this.problems = List.copyOf(problems);
  }

  /** All of them, in the order of the pipeline's text. */
  public List<Problem> problems() {
    return problems;
  }

  private static String message(String pipeline, List<Problem> problems) {
    return problems.stream()
        .map(problem -> "\n  - " + problem)
        .collect(
            Collectors.joining(
                "",
                "Pipeline '%s' has %d problem%s:"
                    .formatted(pipeline, problems.size(), problems.size() == 1 ? "" : "s"),
                ""));
  }
}
