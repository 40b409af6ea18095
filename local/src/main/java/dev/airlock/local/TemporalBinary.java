package dev.airlock.local;

import java.nio.file.Path;
import java.util.List;

/** Whether a {@code temporal} program can be had here. */
public sealed interface TemporalBinary {

  /** It is there. */
  record Found(Path program) implements TemporalBinary {}

  /**
   * It is not.
   *
   * @param tried each way that was tried, and why it did not lead there
   * @param remedies commands that bring it, any one of them
   */
  record Missing(List<String> tried, List<String> remedies) implements TemporalBinary {

    public Missing {
      tried = List.copyOf(tried);
      remedies = List.copyOf(remedies);
    }

    /** All of it, for people to read. */
    public String sentence() {
      return "No Temporal server can be had: "
          + String.join("; ", tried)
          + ".\nAny of these brings it:\n  "
          + String.join("\n  ", remedies);
    }
  }
}
