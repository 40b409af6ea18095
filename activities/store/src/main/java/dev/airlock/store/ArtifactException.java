package dev.airlock.store;

import org.jspecify.annotations.Nullable;

/** An artifact can't be kept or read. */
public final class ArtifactException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ArtifactException(String message) {
    this(message, null);
  }

  ArtifactException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
