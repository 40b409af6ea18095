package dev.airlock.cli;

import dev.airlock.local.FreePorts;
import dev.airlock.local.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description =
        "The whole loop on real purchases: through the gate to predictions, and what comes of them.")
final class DemoCommand extends Subcommand {

  @Option(names = "--json", description = "Prints one JSON object as the last line.")
  boolean json;

  @Option(
      names = "--keep",
      description = "Leaves the system running; on a terminal, lets you decide in the browser.")
  boolean keep;

  @Override
  void run() {
    long start = System.nanoTime();
    Settings settings = settings();
    print(terminal().bold("Starting PostgreSQL, Temporal, the worker and the web …"));
    try (LocalSystem system =
        LocalSystem.start(settings, Distribution.found(), line -> print("  " + line))) {
      DemoStory story =
          new DemoStory(
              new DemoSystem(system.home(), system.url(), terminal()),
              keep && terminal().isInteractive());
      DemoSummary summary = story.tell(new Chapters(start), system.isTemporalInMemory());
      summary.lines(keep).forEach(this::print);
      if (keep) {
        print("Passwords lie in " + system.home().users() + ". Ctrl-C stops the system.");
      }
      if (json) {
        print(Api.write(summary.json()));
      }
      if (keep) {
        UpCommand.untilInterrupted();
      }
    }
    if (homeIfNamed().isEmpty()) {
      delete(settings.home().root());
    }
  }

  /** A demo that failed or was interrupted leaves its home, for whoever asks why. */
  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete the demo's folder " + folder, e);
    }
  }

  private Settings settings() {
    Settings settings =
        Settings.read(homeIfNamed().orElseGet(DemoCommand::temporary), System.getenv());
    return settings.namesPort() || FreePorts.isFree(settings.httpPort())
        ? settings
        : settings.withPort(FreePorts.next());
  }

  private static Home temporary() {
    try {
      return new Home(Files.createTempDirectory("airlock-demo"));
    } catch (IOException e) {
      throw new UncheckedIOException("No temporary folder", e);
    }
  }
}
