package dev.airlock.web.ui;

import dev.airlock.store.Approval;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Run;
import dev.airlock.store.Store;
import java.util.Set;

/**
 * Who or what asked. Nobody is named as asking who only counts so: what a schedule starts, or what
 * was found in a watched folder, is no person's doing that anybody has seen.
 *
 * @param who a person, "the schedule", "new data"
 * @param way as whose it counts, and by which way the code came; empty where a person asked for
 *     what somebody has sent
 */
record AskedBy(String who, String way) {

  private static final Set<String> BY_ITSELF =
      Set.of("schedule", "monitor", "dataset", "webhook", "code");

  static AskedBy of(Store store, Approval approval) {
    Run run = store.runs().find(approval.runId()).orElseThrow();
    PipelineVersion version =
        store.pipelines().version(run.pipeline(), run.version()).orElseThrow();
    if (!BY_ITSELF.contains(run.triggeredBy())) {
      return new AskedBy(approval.requestedBy(), version.way());
    }
    return new AskedBy(
        StartWords.by(run),
        version.way().isEmpty()
            ? "It counts as asked for by %s, who published version %d."
                .formatted(approval.requestedBy(), version.version())
            : version.way());
  }
}
