package dev.airlock.workflows;

import java.util.List;

/**
 * Why a stage failed, as its page says it.
 *
 * @param type one of the constants of {@link StageFailure}, or the class of the exception
 * @param message what was expected, what came, what to do
 * @param details one line each, such as each bad row; may be empty
 */
public record StageError(String type, String message, List<String> details) {
  public StageError {
    // What can't be kept would be tried to be kept without end.
    type = StorableText.of(type);
    message = StorableText.of(message);
    details = details.stream().map(StorableText::of).toList();
  }
}
