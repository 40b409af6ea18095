package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;

/** The server said no; the message is what it said. */
final class RefusedException extends CommandException {

  private static final long serialVersionUID = 1L;

  private final int status;

  private RefusedException(int status, String message) {
    super(FAILED, message);
    this.status = status;
  }

  /** Of an answer that is a problem (RFC 9457), or any other text. */
  static RefusedException of(int status, JsonNode problem, String text) {
    StringJoiner lines = new StringJoiner("\n  ");
    lines.add(problem.path("detail").asText("The server answered " + status + ": " + text.strip()));
    for (JsonNode fault : problem.path("errors")) {
      lines.add(fault.path("at").asText() + ": " + fault.path("detail").asText());
    }
    return new RefusedException(status, lines.toString());
  }

  /** The answer's HTTP status. */
  int status() {
    return status;
  }
}
