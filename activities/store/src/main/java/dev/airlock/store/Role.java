package dev.airlock.store;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a person may do: each may do what those before it may, but only the last two decide. */
public enum Role {
  VIEWER,
  ENGINEER,
  APPROVER,
  ADMIN;

  /** As in REST, in the database and on pages. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
