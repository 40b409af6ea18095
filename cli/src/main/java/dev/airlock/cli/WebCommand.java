package dev.airlock.cli;

import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "web",
    description = "Runs pages, REST and gateway alone, configured by the environment.")
final class WebCommand extends ProcessCommand {

  @Override
  List<String> command(Distribution distribution) {
    return distribution.web();
  }
}
