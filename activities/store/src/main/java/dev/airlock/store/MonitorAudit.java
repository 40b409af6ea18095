package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageTask;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** What a run leaves in the audit about a monitor that it puts in place. */
final class MonitorAudit {

  private MonitorAudit() {}

  static void declared(
      Handle handle,
      StageTask task,
      String model,
      Optional<Monitor> before,
      Work.Monitor spec,
      Duration every) {
    boolean isSame =
        before
            .filter(old -> old.spec().equals(spec))
            .filter(old -> old.every().equals(every))
            .isPresent();
    if (isSame) {
      return;
    }
    Acting asker =
        new Acting(
            task.requestedBy(), Origin.within(Origin.Channel.WORKFLOW, "run " + task.runId()));
    long id = handle.attach(Monitors.class).named(model, task.stage().name()).orElseThrow().id();
    AuditEntry entry =
        asker
            .did(AuditAction.DECLARE_MONITOR, "monitor", id)
            .after(seen(model, task.stage().name(), spec, every));
    Audit.record(
        handle,
        before
            .map(old -> entry.before(seen(old.model(), old.name(), old.spec(), old.every())))
            .orElse(entry));
  }

  private static Map<String, Object> seen(
      String model, String name, Work.Monitor spec, Duration every) {
    return Map.of("model", model, "name", name, "spec", spec, "every", every);
  }
}
