package dev.airlock.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "cancel", description = "Cancels a run.")
final class CancelCommand extends Subcommand {

  @Parameters(paramLabel = "RUN")
  long run;

  @Override
  void run() {
    print(api().post("/runs/" + run + "/cancel", Map.of()).path("detail").asText());
  }
}
