package dev.airlock.store;

import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What changes of pipelines leave in the audit. */
final class PipelineAudit {

  private static final String PIPELINE = "pipeline";

  private PipelineAudit() {}

  /**
   * What a publication may change of a pipeline.
   *
   * @param version the current one; null where there is none yet
   */
  record Standing(
      @Nullable Integer version,
      @Nullable String codeDigest,
      @Nullable String owner,
      boolean isPublished) {
    static final Standing NONE = new Standing(null, null, null, false);

    private Map<String, Object> seen() {
      Map<String, Object> seen = new TreeMap<>();
      seen.put("published", isPublished);
      if (version != null && codeDigest != null && owner != null) {
        seen.put("version", version);
        seen.put("codeDigest", codeDigest);
        seen.put("owner", owner);
      }
      return seen;
    }
  }

  static Standing standing(Handle handle, String pipeline) {
    return handle
        .createQuery(
            """
            select v.version, v.code_digest, p.owner, p.unpublished_at is null as published
            from pipeline p
            join pipeline_version v on v.pipeline = p.name and v.version = p.current_version
            where p.name = :name
            """)
        .bind("name", pipeline)
        .map(
            (row, context) ->
                new Standing(
                    row.getInt("version"),
                    row.getString("code_digest"),
                    row.getString("owner"),
                    row.getBoolean("published")))
        .findOne()
        .orElse(Standing.NONE);
  }

  /** Nothing where the publication has changed nothing. */
  static void published(Handle handle, String pipeline, Standing before, Acting acting) {
    Standing after = standing(handle, pipeline);
    if (after.equals(before)) {
      return;
    }
    AuditEntry entry =
        acting.did(AuditAction.PUBLISH_PIPELINE, PIPELINE, pipeline).after(after.seen());
    Audit.record(handle, before.equals(Standing.NONE) ? entry : entry.before(before.seen()));
  }

  static void paused(Handle handle, String pipeline, boolean paused, Acting acting) {
    AuditAction action = paused ? AuditAction.PAUSE_PIPELINE : AuditAction.UNPAUSE_PIPELINE;
    Audit.record(
        handle,
        acting
            .did(action, PIPELINE, pipeline)
            .before(Map.of("paused", !paused))
            .after(Map.of("paused", paused)));
  }

  static void withdrawn(Handle handle, String pipeline, String fileName, Acting acting) {
    Audit.record(
        handle,
        acting
            .did(AuditAction.WITHDRAW_PIPELINE, PIPELINE, pipeline)
            .before(Map.of("published", true))
            .after(Map.of("published", false, "file", fileName)));
  }

  /** A file with code that somebody has sent, or that was found in a watched folder. */
  static void received(
      Handle handle, long publication, String fileName, String codeDigest, Acting acting) {
    Audit.record(
        handle,
        acting
            .did(AuditAction.SEND_CODE, "publication", publication)
            .after(Map.of("file", fileName, "codeDigest", codeDigest)));
  }
}
