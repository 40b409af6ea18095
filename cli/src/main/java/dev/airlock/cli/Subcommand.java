package dev.airlock.cli;

import dev.airlock.local.Home;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands have: a home, and somewhere to print. */
abstract class Subcommand implements Callable<Integer> {

  /** As whom the command line acts, unless a person is named. */
  static final String ENGINEER = "engineer";

  @Spec @Nullable CommandSpec spec;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "The system's home: AIRLOCK_HOME, or .airlock here.")
  @Nullable Path home;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Says how the command is used.")
  boolean help;

  /** Does it; anything that goes wrong is thrown. */
  abstract void run();

  @Override
  public final Integer call() {
    run();
    return 0;
  }

  Home home() {
    return homeIfNamed().orElseGet(() -> new Home(Path.of(".airlock")));
  }

  Optional<Home> homeIfNamed() {
    return Optional.ofNullable(home)
        .or(
            () ->
                Optional.ofNullable(System.getenv("AIRLOCK_HOME"))
                    .filter(text -> !text.isBlank())
                    .map(Path::of))
        .map(Home::new);
  }

  Api api() {
    return Api.as(home(), ENGINEER);
  }

  Terminal terminal() {
    if (spec == null) {
      throw new IllegalStateException("Only picocli makes commands");
    }
    return Terminal.of(spec.commandLine().getOut());
  }

  void print(String text) {
    terminal().line(text);
  }
}
