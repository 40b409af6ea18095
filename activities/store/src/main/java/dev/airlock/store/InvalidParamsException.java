package dev.airlock.store;

import java.util.List;

/**
 * A wished run can't be: its params do not fit the pipeline, or no worker takes its stages. Holds
 * every problem.
 */
public final class InvalidParamsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf gives a serializable list.
  private final List<String> problems;

  public InvalidParamsException(List<String> problems) {
    this("The params do not fit the pipeline", problems);
  }

  InvalidParamsException(String head, List<String> problems) {
    super(head + ": " + String.join(" ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence each. */
  public List<String> problems() {
    return problems;
  }
}
