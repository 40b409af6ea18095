package dev.airlock.store;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A jar that somebody published, and what became of it.
 *
 * @param codeDigest the jar in the artifact store
 * @param problems why it was refused, one sentence each
 */
public record Publication(
    long id,
    String fileName,
    String codeDigest,
    String publishedBy,
    State state,
    @Json List<String> problems,
    Instant createdAt,
    @Nullable Instant settledAt) {

  /** How far a publication has come. */
  public enum State {
    RECEIVED,
    PUBLISHED,
    REFUSED
  }
}
