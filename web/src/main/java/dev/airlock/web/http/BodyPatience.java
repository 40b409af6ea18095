package dev.airlock.web.http;

import java.time.Duration;

/**
 * How long a request's body may take to come.
 *
 * @param usual for a whole body
 * @param upload for that of an upload, such as a jar over a slow line, of which at least {@link
 *     #UPLOAD_BYTES} came within the usual time
 */
public record BodyPatience(Duration usual, Duration upload) {
  static final long UPLOAD_BYTES = 1L << 20;

  /** Half a minute; five for an upload. */
  public static BodyPatience standard() {
    return new BodyPatience(Duration.ofSeconds(30), Duration.ofMinutes(5));
  }
}
