package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

@Command(name = "pipelines", description = "Lists the pipelines.")
final class PipelinesCommand extends ListCommand {

  @Override
  String path() {
    return "/pipelines";
  }

  @Override
  Table table() {
    return new Table("PIPELINE", "VERSION", "OWNER", "LAST RUN", "STATE");
  }

  @Override
  void run() {
    super.run();
    if (!json) {
      api().get("/publications").path("items").forEach(this::showWhatIsWrong);
    }
  }

  /** A file that can't be published as it is; what was sent and refused, its sender has heard. */
  private void showWhatIsWrong(JsonNode newest) {
    boolean isRefused =
        text(newest, "state").equals("refused")
            && newest.hasNonNull("folder")
            && !newest.hasNonNull("withdrawnAt");
    if (isRefused) {
      print(terminal().bad("✗ " + text(newest, "fileName") + " can't be published as it is:"));
      newest.path("problems").forEach(problem -> print("  " + problem.asText()));
    }
  }

  @Override
  void add(Table table, JsonNode item) {
    table.add(
        text(item, "name"),
        text(item, "version"),
        text(item, "owner"),
        text(item, "lastRunId"),
        item.hasNonNull("unpublishedAt") ? "no file" : word(item, "lastRunState"));
  }
}
