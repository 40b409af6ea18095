package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "policies", description = "Lists what people have signed for a pipeline.")
final class PoliciesCommand extends ListCommand {

  @Parameters(paramLabel = "PIPELINE")
  String pipeline = "";

  @Override
  String path() {
    return "/pipelines/" + Api.encoded(pipeline) + "/policies";
  }

  @Override
  Table table() {
    return new Table("POLICY", "STATE", "STAGE", "VERSION", "SIGNED BY", "BOUNDS", "EXPIRES");
  }

  @Override
  void add(Table table, JsonNode item) {
    List<String> bounds = new ArrayList<>();
    item.path("bounds")
        .forEach(
            bound ->
                bounds.add(
                    "%s %s %s"
                        .formatted(
                            text(bound, "metric"),
                            text(bound, "comparison"),
                            text(bound, "bound"))));
    table.add(
        text(item, "id"),
        text(item, "state"),
        text(item, "stage"),
        text(item, "version"),
        text(item, "signedBy"),
        String.join(", ", bounds),
        moment(item, "expiresAt"));
  }
}
