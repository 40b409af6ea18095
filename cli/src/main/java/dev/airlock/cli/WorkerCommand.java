package dev.airlock.cli;

import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "worker", description = "Runs a worker alone, configured by the environment.")
final class WorkerCommand extends ProcessCommand {

  @Override
  List<String> command(Distribution distribution) {
    return distribution.worker();
  }
}
