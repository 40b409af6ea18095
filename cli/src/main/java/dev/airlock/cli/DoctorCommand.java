package dev.airlock.cli;

import dev.airlock.local.FreePorts;
import dev.airlock.local.TemporalServer;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;

@Command(name = "doctor", description = "Says what is missing here, and how to get it.")
final class DoctorCommand extends Subcommand {

  private boolean isWell = true;

  @Override
  void run() {
    java();
    tool("mvn", "Maven 3.8 or newer builds Airlock and pipelines", "apt-get install maven");
    tool("git", "Git brings Airlock itself", "apt-get install git");
    temporal();
    postgres();
    port();
    setsid();
    names();
    if (!isWell) {
      throw CommandException.failed("Something is missing: see above.");
    }
  }

  private void java() {
    String version = System.getProperty("java.version");
    check(
        version.startsWith("17."),
        "JDK " + version,
        "JDK 17 is needed: apt-get install openjdk-17-jdk-headless, and point JAVA_HOME to it");
  }

  private void tool(String program, String purpose, String remedy) {
    check(onPath(program), program, purpose + ": " + remedy);
  }

  private static boolean onPath(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return List.of(path.split(File.pathSeparator, -1)).stream()
        .filter(folder -> !folder.isBlank())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(program)));
  }

  private void temporal() {
    Optional<Path> program = TemporalServer.installed();
    if (program.isPresent()) {
      print("✓ Temporal server at " + program.get());
    } else {
      print(
          "– Temporal server: not here yet; the first start fetches it from GitHub, or builds it");
      print(
          "  with Go 1.25 or newer. Without either, runs live in memory: apt-get install golang-go,");
      print("  or brew install temporal.");
    }
  }

  private void postgres() {
    String system = System.getProperty("os.name");
    check(
        system.startsWith("Linux") || system.startsWith("Mac"),
        "PostgreSQL comes with Airlock",
        "There are PostgreSQL binaries for Linux and macOS only: set AIRLOCK_DATABASE_URL");
  }

  private void port() {
    Settings settings = Settings.read(home(), System.getenv());
    boolean isOurs = StateFile.of(home()).read().flatMap(state -> state.up().process()).isPresent();
    check(
        isOurs || FreePorts.isFree(settings.httpPort()),
        "port " + settings.httpPort(),
        "port " + settings.httpPort() + " is taken: airlock up --port 8081");
  }

  private void setsid() {
    print(
        onPath("setsid")
            ? "✓ setsid"
            : "– setsid: stages that run programs need it: apt-get install util-linux");
  }

  /** What pipelines need by name, where a system is up to be asked. */
  private void names() {
    if (StateFile.of(home()).read().flatMap(state -> state.up().process()).isPresent()) {
      try {
        VaultCommand.warnings(api()).forEach(warning -> print("– " + warning));
      } catch (CommandException e) {
        print("– secrets and connections: " + e.getMessage());
      }
    }
  }

  private void check(boolean isGood, String what, String remedy) {
    isWell &= isGood;
    print(isGood ? "✓ " + what : "✗ " + remedy);
  }
}
