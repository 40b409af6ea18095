package dev.airlock.cli;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "up",
    description = "Starts PostgreSQL, Temporal, the worker and the web, and watches them.")
final class UpCommand extends Subcommand {

  @Option(names = "--port", paramLabel = "PORT", description = "Where pages and REST are (8080).")
  @Nullable Integer port;

  @Override
  void run() {
    Settings settings = Settings.read(home(), System.getenv());
    if (port != null) {
      if (!Settings.isPort(port.toString())) {
        throw CommandException.wrongUse(
            "--port is %d: expected 1 to 65535, such as 8080.".formatted(port));
      }
      settings = settings.withPort(port);
    }
    LocalSystem system = LocalSystem.start(settings, Distribution.found(), this::print);
    system
        .newUsers()
        .forEach(user -> print("user %-9s password %s".formatted(user.name(), user.password())));
    print("Airlock is up at " + terminal().bold(system.url().toString()));
    print("Passwords lie in " + system.home().users() + ". Ctrl-C or `airlock down` stops it.");
    untilInterrupted();
  }

  static void untilInterrupted() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
