package dev.airlock.store;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * What a command to a model leaves in the audit. What comes of it, the moves of the alias and the
 * shifts of traffic, the database itself records, whoever carries it out.
 */
final class CommandAudit {

  private CommandAudit() {}

  static void commanded(Handle handle, long commandId, Acting acting) {
    ModelCommand command = handle.attach(Models.class).command(commandId).orElseThrow();
    Map<String, Object> after = new LinkedHashMap<>();
    after.put("command", commandId);
    after.put("kind", command.kind());
    after.put("version", command.version());
    after.put("reason", command.reason());
    Audit.record(
        handle, acting.did(AuditAction.COMMAND_MODEL, "model", command.model()).after(after));
  }

  /** A command that was refused before it was written; nothing where it was taken. */
  static void refused(
      Handle handle, String model, CommandRequest request, Acting acting, String reason) {
    if (!(request instanceof CommandRequest.Recorded)) {
      Audit.record(
          handle,
          acting
              .did(AuditAction.REFUSE_COMMAND, "model", model)
              .after(Map.of("reason", reason, "refused", refusal(request))));
    }
  }

  private static String refusal(CommandRequest request) {
    if (request instanceof CommandRequest.Forbidden forbidden) {
      return forbidden.reason();
    }
    return request instanceof CommandRequest.Conflict conflict ? conflict.reason() : "";
  }
}
