package dev.airlock.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;

/** A line to be kept. Unique under (run, stage, attempt, number). */
public record NewLogLine(
    long runId, String stage, int attempt, int number, Instant at, LogLevel level, String text) {

  /** The longest text of a line, in characters. */
  public static final int LONGEST = 20_000;

  public NewLogLine {
    // Half a surrogate pair, and NUL, are no text to PostgreSQL.
    text = new String(text.getBytes(UTF_8), UTF_8).replace('\u0000', '\ufffd');
    if (text.length() > LONGEST) {
      text = text.substring(0, LONGEST) + " … (%,d characters in all)".formatted(text.length());
    }
  }
}
