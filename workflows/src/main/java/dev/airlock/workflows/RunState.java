package dev.airlock.workflows;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a run stands. */
public enum RunState {
  QUEUED,
  RUNNING,
  /** For a person. */
  WAITING,
  SUCCEEDED,
  FAILED,
  CANCELLED;

  /** As in REST, in the database and on pages. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public boolean isFinal() {
    return this == SUCCEEDED || this == FAILED || this == CANCELLED;
  }
}
