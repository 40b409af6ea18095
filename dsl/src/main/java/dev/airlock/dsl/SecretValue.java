package dev.airlock.dsl;

import java.util.Objects;

/** The value of a secret, as a task gets it. Printing it shows nothing. */
public final class SecretValue {

  private final String name;
  private final String value;

  /**
   * A value that is told apart from others by its name.
   *
   * @param name the secret's
   */
  public SecretValue(String name, String value) {
    this.name = Objects.requireNonNull(name);
    this.value = Objects.requireNonNull(value);
  }

  /** The value itself. Hand it to what needs it, and to nothing else. */
  public String reveal() {
    return value;
  }

  @Override
  public String toString() {
    return "the secret '" + name + "'";
  }
}
