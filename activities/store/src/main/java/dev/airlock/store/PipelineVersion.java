package dev.airlock.store;

import dev.airlock.dsl.graph.Graph;
import java.time.Instant;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A version of a pipeline, from 1: a graph and the jar that its tasks and resources come from.
 *
 * @param publishedBy counts as having asked for runs that a schedule starts
 * @param fileName the file that it was published as; null where that was not noted
 * @param folder the watched folder that the file was found in; null where somebody sent it
 * @param fileOwner whose the file is there, as the operating system names them; null where that is
 *     not known
 */
public record PipelineVersion(
    String pipeline,
    int version,
    String graphDigest,
    @Json Graph graph,
    String codeDigest,
    String publishedBy,
    Instant publishedAt,
    @Nullable String fileName,
    @Nullable String folder,
    @Nullable String fileOwner) {

  /**
   * By which way it came, a sentence: a file that was found may be anybody's who can write there.
   * Empty where somebody sent it.
   */
  public String way() {
    return folder == null
        ? ""
        : "Version %d was published from a watched folder, out of %s%s. It counts as published by %s, as everything there does; who wrote it is not known."
            .formatted(
                version,
                fileName,
                fileOwner == null ? "" : ", a file of the machine's user " + fileOwner,
                publishedBy);
  }
}
