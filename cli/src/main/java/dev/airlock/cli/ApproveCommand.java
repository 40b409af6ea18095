package dev.airlock.cli;

import picocli.CommandLine.Command;

@Command(name = "approve", description = "Lets a version pass.")
final class ApproveCommand extends DecisionCommand {

  @Override
  String decision() {
    return "approve";
  }
}
