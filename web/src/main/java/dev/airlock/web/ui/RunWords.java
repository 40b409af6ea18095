package dev.airlock.web.ui;

import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Run;
import java.time.Instant;
import java.util.List;

/**
 * What a run is pinned to, and what people noted of it.
 *
 * @param code the digest of its code, short
 * @param file that its code came out of; empty where that was not noted
 * @param published by whom, or where it was found
 * @param newer which version is current, in words; empty where it is this one
 * @param tags with links to the other runs that carry them
 * @param tagText all of them, as they are typed
 */
public record RunWords(
    long id,
    String pipeline,
    int version,
    String code,
    String codeDigest,
    String file,
    String published,
    Instant publishedAt,
    String newer,
    String note,
    List<Tag> tags,
    String tagText,
    boolean mayEdit) {

  /** A tag, and where its runs are. */
  public record Tag(String text, String link) {}

  static RunWords of(Run run, PipelineVersion version, int current, boolean mayEdit) {
    return new RunWords(
        run.id(),
        run.pipeline(),
        run.version(),
        version.codeDigest().substring(0, 6),
        version.codeDigest(),
        version.fileName() == null ? "" : version.fileName(),
        version.folder() == null
            ? "published by " + version.publishedBy()
            : "found in a watched folder, which counts as published by " + version.publishedBy(),
        version.publishedAt(),
        current == run.version() ? "" : "version %d is the current one".formatted(current),
        run.note(),
        run.tags().stream().map(tag -> new Tag(tag, "/runs?tag=" + Words.inQuery(tag))).toList(),
        String.join(" ", run.tags()),
        mayEdit);
  }
}
