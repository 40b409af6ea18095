package dev.airlock.cli;

import dev.airlock.local.ChildProcess;
import dev.airlock.local.Signal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One process alone, in the foreground, configured by the environment. */
abstract class ProcessCommand extends Subcommand {

  private static final Duration ENDING = Duration.ofSeconds(30);

  abstract List<String> command(Distribution distribution);

  Map<String, String> environment() {
    return Map.of();
  }

  @Override
  void run() {
    Map<String, String> environment = new HashMap<>(environment());
    homeIfNamed().ifPresent(named -> environment.put("AIRLOCK_HOME", named.root().toString()));
    ChildProcess process =
        ChildProcess.startInForeground(
            getClass().getSimpleName(), command(Distribution.found()), environment, Signal.TERM);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> process.stop(ENDING)));
    while (!process.awaitEnd(Duration.ofHours(1))) {
      // It serves on.
    }
    int code = process.exitCode().orElse(0);
    if (code != 0) {
      throw new CommandException(
          code == CommandException.WRONG_USE ? code : CommandException.FAILED,
          "The process ended with code " + code + ".");
    }
  }
}
