package dev.airlock.workflows;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a stage stands. */
public enum StageState {
  PENDING,
  QUEUED,
  RUNNING,
  WAITING,
  SUCCEEDED,
  FAILED,
  SKIPPED,
  CACHED,
  CANCELLED,
  UPSTREAM_FAILED;

  /** As in REST, in the database and on pages: {@code upstream-failed}. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether nothing more will happen to it. */
  public boolean isFinal() {
    return switch (this) {
      case SUCCEEDED, FAILED, SKIPPED, CACHED, CANCELLED, UPSTREAM_FAILED -> true;
      case PENDING, QUEUED, RUNNING, WAITING -> false;
    };
  }
}
