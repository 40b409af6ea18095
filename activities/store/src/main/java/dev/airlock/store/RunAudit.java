package dev.airlock.store;

import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** What people, and what acts for them, leave in the audit about runs. */
final class RunAudit {

  private static final String RUN = "run";

  private RunAudit() {}

  /** What a run begins with, as the audit keeps it. */
  static void started(Handle handle, long id, NewRun wish, CheckedRun checked) {
    Map<String, Object> after = new TreeMap<>();
    after.put("pipeline", wish.pipeline());
    after.put("version", checked.version().version());
    after.put("params", checked.params());
    after.put("triggeredBy", wish.triggeredBy());
    if (wish.logicalDate() != null) {
      after.put("logicalDate", wish.logicalDate());
    }
    if (!wish.note().isEmpty()) {
      after.put("note", wish.note());
    }
    NewRun.Resumption resumption = wish.resumption();
    if (resumption != null) {
      after.put("parent", resumption.parent());
    }
    AuditAction action = resumption == null ? AuditAction.START_RUN : AuditAction.RESUME_RUN;
    Audit.record(handle, wish.acting().did(action, RUN, id).after(after));
  }

  static void annotated(Handle handle, Acting acting, Run before, Run after) {
    Audit.record(
        handle,
        acting
            .did(AuditAction.ANNOTATE_RUN, RUN, before.id())
            .before(Map.of("note", before.note(), "tags", before.tags()))
            .after(Map.of("note", after.note(), "tags", after.tags())));
  }

  static void cancelled(Handle handle, Acting acting, long id, String state) {
    Audit.record(
        handle, acting.did(AuditAction.CANCEL_RUN, RUN, id).before(Map.of("state", state)));
  }
}
