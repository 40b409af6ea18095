package dev.airlock.web.ui;

import dev.airlock.store.PipelineVersion;
import dev.airlock.store.VersionUse;
import dev.airlock.web.api.GraphChanges;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A version of a pipeline in the list.
 *
 * @param code the digest of its code, short
 * @param file that it came out of; empty where that was not noted
 * @param by whoever published it, or where it was found and as whose it counts
 * @param uses how many runs have it, in words
 * @param changes what it changed of the version before, in words
 */
public record VersionRow(
    int version,
    boolean current,
    String code,
    String codeDigest,
    String file,
    String by,
    Instant at,
    String uses,
    List<String> changes) {

  /**
   * The rows, newest first.
   *
   * @param versions newest first
   * @param earlier the one before the last of them; null where there is none
   */
  static List<VersionRow> of(
      List<PipelineVersion> versions,
      @Nullable PipelineVersion earlier,
      List<VersionUse> uses,
      int current) {
    Map<Integer, VersionUse> byVersion =
        uses.stream().collect(Collectors.toMap(VersionUse::version, Function.identity()));
    List<VersionRow> rows = new ArrayList<>();
    for (int i = 0; i < versions.size(); i++) {
      PipelineVersion version = versions.get(i);
      PipelineVersion before = i + 1 < versions.size() ? versions.get(i + 1) : earlier;
      rows.add(
          new VersionRow(
              version.version(),
              version.version() == current,
              Words.digest(version.codeDigest()),
              version.codeDigest(),
              version.fileName() == null ? "" : version.fileName(),
              version.folder() == null
                  ? version.publishedBy()
                  : "a watched folder, as " + version.publishedBy(),
              version.publishedAt(),
              words(byVersion.get(version.version())),
              GraphChanges.of(version, before)));
    }
    return rows;
  }

  private static String words(@Nullable VersionUse use) {
    if (use == null || use.runs() == 0) {
      return "none";
    }
    return use.unfinished() == 0
        ? Words.count(use.runs())
        : "%s, %s under way".formatted(Words.count(use.runs()), Words.count(use.unfinished()));
  }
}
