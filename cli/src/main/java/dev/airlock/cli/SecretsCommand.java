package dev.airlock.cli;

import picocli.CommandLine.Command;

@Command(name = "secrets", description = "Lists the secrets by name, and where they come from.")
final class SecretsCommand extends VaultCommand {

  @Override
  String path() {
    return "/secrets";
  }
}
