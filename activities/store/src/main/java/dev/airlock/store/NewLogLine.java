package dev.airlock.store;

import dev.airlock.workflows.StorableText;
import java.time.Instant;

/**
 * A line to be kept. Unique under (run, stage, attempt, number).
 *
 * @param stage or the item of a map: see {@link LogPlace}
 */
public record NewLogLine(
    long runId, String stage, int attempt, int number, Instant at, LogLevel level, String text) {

  /** The longest text of a line, in characters. */
  public static final int LONGEST = 20_000;

  public NewLogLine {
    text = StorableText.of(text);
    if (text.length() > LONGEST) {
      text =
          StorableText.beginning(text, LONGEST)
              + " … (%,d characters in all)".formatted(text.length());
    }
  }
}
