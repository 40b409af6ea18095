package dev.airlock.store;

import java.util.List;

/** A process's configuration is wrong; holds every fault. */
public final class InvalidConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf gives a serializable list.
  private final List<String> faults;

  public InvalidConfigurationException(List<String> faults) {
    super("The configuration is wrong:\n  " + String.join("\n  ", faults));
    this.faults = List.copyOf(faults);
  }

  public List<String> faults() {
    return faults;
  }
}
