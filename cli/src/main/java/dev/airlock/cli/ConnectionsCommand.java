package dev.airlock.cli;

import picocli.CommandLine.Command;

@Command(
    name = "connections",
    description = "Lists the connections by name, and where they come from.")
final class ConnectionsCommand extends VaultCommand {

  @Override
  String path() {
    return "/connections";
  }
}
