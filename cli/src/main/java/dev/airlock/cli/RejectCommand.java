package dev.airlock.cli;

import picocli.CommandLine.Command;

@Command(name = "reject", description = "Refuses a version.")
final class RejectCommand extends DecisionCommand {

  @Override
  String decision() {
    return "reject";
  }
}
