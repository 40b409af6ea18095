package dev.airlock.dsl;

import java.util.List;

/**
 * Why something failed, as a method given to {@code onFailure} is told.
 *
 * @param run the run's number
 * @param pipeline the run's pipeline
 * @param stage the stage that failed; of a run, the one that failed first
 * @param type the exception's class, or one of Airlock's own types such as {@code timed-out}
 * @param message what was expected, what came, what to do
 * @param details one line each, such as each bad row; may be empty
 */
public record Failure(
    long run, String pipeline, String stage, String type, String message, List<String> details) {

  public Failure {
    details = List.copyOf(details);
  }
}
