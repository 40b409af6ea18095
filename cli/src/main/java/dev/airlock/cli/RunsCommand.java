package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "runs", description = "Lists the newest runs.")
final class RunsCommand extends ListCommand {

  @Option(names = "--tag", paramLabel = "WORD", description = "Only runs that carry this tag.")
  @Nullable String tag;

  @Option(names = "--pipeline", paramLabel = "NAME", description = "Only runs of this pipeline.")
  @Nullable String pipeline;

  @Override
  int usualLimit() {
    return 50;
  }

  @Override
  String path() {
    return "/runs?limit=50"
        + (tag == null ? "" : "&tag=" + Api.encoded(tag))
        + (pipeline == null ? "" : "&pipeline=" + Api.encoded(pipeline));
  }

  @Override
  Table table() {
    return new Table("RUN", "PIPELINE", "STATE", "LOGICAL DATE", "STARTED BY", "STARTED");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(
        text(item, "id"),
        text(item, "pipeline"),
        word(item, "state"),
        moment(item, "logicalDate"),
        StartedBy.words(item),
        moment(item, "startedAt"));
  }
}
