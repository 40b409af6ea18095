package dev.airlock.cli;

import picocli.CommandLine.Command;

@Command(
    name = "audit",
    description = "Who changed what: proves that nothing was altered, or writes it all down.",
    subcommands = {AuditVerifyCommand.class, AuditExportCommand.class})
final class AuditCommand extends Subcommand {

  @Override
  void run() {
    throw CommandException.wrongUse("Say which: airlock audit verify, or airlock audit export.");
  }
}
