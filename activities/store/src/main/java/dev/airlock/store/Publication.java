package dev.airlock.store;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A file of pipelines, a jar or a source file, that somebody published, and what became of it.
 *
 * @param codeDigest the jar in the artifact store; of a source file that does not compile, its text
 * @param problems why it was refused, one sentence each
 * @param faults the same with their places
 * @param folder the watched folder that the file was found in; null where somebody sent it
 * @param fileOwner whose the file is there, as the operating system names them; null where that is
 *     not known
 * @param pipelines those that it defines, as far as they are in order
 * @param withdrawnAt since when the file is gone; null as long as it is there
 */
public record Publication(
    long id,
    String fileName,
    String codeDigest,
    String publishedBy,
    State state,
    @Json List<String> problems,
    @Json List<CodeFault> faults,
    @Nullable String folder,
    @Nullable String fileOwner,
    @Json List<String> pipelines,
    Instant createdAt,
    @Nullable Instant settledAt,
    @Nullable Instant withdrawnAt) {

  /** The file, where it was found in a watched folder; null where somebody sent it. */
  public @Nullable FoundFile found() {
    return folder == null ? null : new FoundFile(fileName, folder, fileOwner);
  }

  /** How far a publication has come. */
  public enum State {
    RECEIVED,
    PUBLISHED,
    REFUSED
  }
}
