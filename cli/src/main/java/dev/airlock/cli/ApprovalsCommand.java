package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

@Command(name = "approvals", description = "Lists the open questions to people.")
final class ApprovalsCommand extends ListCommand {

  @Override
  String path() {
    return "/approvals?state=open";
  }

  @Override
  Table table() {
    return new Table("APPROVAL", "MODEL", "VERSION", "RUN", "OF", "EXPIRES");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(
        text(item, "id"),
        text(item, "model"),
        text(item, "version"),
        text(item, "runId"),
        text(item, "askedOf"),
        moment(item, "expiresAt"));
  }
}
