package dev.airlock.cli;

import java.net.URI;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "users",
    description = "Makes the users' files in a home, for a system that `up` does not start.")
final class UsersCommand extends Subcommand {

  @Option(names = "--url", paramLabel = "URL", description = "Where pages and REST are.")
  URI url = URI.create("http://127.0.0.1:8080");

  @Override
  void run() {
    Users.ensure(home(), url).forEach(user -> print("Made " + user.name() + "."));
    print("Passwords and tokens lie in " + home().users() + ".");
  }
}
