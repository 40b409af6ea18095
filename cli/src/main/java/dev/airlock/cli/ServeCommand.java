package dev.airlock.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

@Command(name = "serve", description = "Runs the gateway alone, configured by the environment.")
final class ServeCommand extends ProcessCommand {

  @Override
  List<String> command(Distribution distribution) {
    return distribution.web();
  }

  @Override
  Map<String, String> environment() {
    return Map.of("AIRLOCK_WEB_MODE", "gateway");
  }
}
