package dev.airlock.cli;

import dev.airlock.local.ChildProcess;
import dev.airlock.local.Signal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;

@Command(name = "down", description = "Stops what `up` started in this home.")
final class DownCommand extends Subcommand {

  private static final int SECONDS = 60;

  @Override
  void run() {
    StateFile file = StateFile.of(home());
    Optional<StateFile.State> state = file.read();
    if (state.isEmpty()) {
      print("Nothing runs in " + home().root() + ".");
      return;
    }
    state.get().up().process().ifPresent(process -> end(process, Signal.TERM));
    // Only where `up` was killed before it could stop them.
    for (String name : List.of("web", "worker", "temporal", "postgres")) {
      Signal signal = name.equals("postgres") ? Signal.INT : Signal.TERM;
      Optional.ofNullable(state.get().processes().get(name))
          .flatMap(StateFile.Entry::process)
          .ifPresent(process -> end(process, signal));
    }
    file.delete();
    print("Stopped.");
  }

  private static void end(ProcessHandle process, Signal signal) {
    ChildProcess.send(signal, process.pid());
    CompletableFuture<ProcessHandle> end = process.onExit();
    try {
      end.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      end.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Waiting for process " + process.pid(), e);
    }
  }
}
