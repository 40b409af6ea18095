package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "datasets",
    description = "Lists the datasets and their newest versions, or shows the first rows of one.")
final class DatasetsCommand extends ListCommand {

  @Parameters(
      paramLabel = "DATASET",
      arity = "0..1",
      description = "Whose first rows are shown, such as shop.orders; personal values masked.")
  @Nullable String dataset;

  @Option(names = "--rows", paramLabel = "N", description = "How many rows, 1 to 100.")
  int rows = 20;

  @Option(
      names = "--version",
      paramLabel = "SNAPSHOT",
      description = "Which version; the newest where it is left out.")
  @Nullable String version;

  @Override
  String path() {
    return "/datasets";
  }

  @Override
  void run() {
    if (dataset == null) {
      super.run();
      return;
    }
    JsonNode sample =
        api()
            .get(
                "/datasets/%s/rows?limit=%d%s"
                    .formatted(
                        Api.encoded(dataset),
                        rows,
                        version == null ? "" : "&version=" + Api.encoded(version)));
    if (json) {
      print(sample.toPrettyString());
      return;
    }
    RowTables.lines(sample).forEach(this::print);
    print(terminal().faint(RowTables.note(sample)));
  }

  @Override
  Table table() {
    return new Table("DATASET", "VERSIONS", "ROWS", "PUBLISHED");
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(
        text(item, "name"),
        text(item, "versions"),
        text(item, "rowCount"),
        moment(item, "publishedAt"));
  }
}
