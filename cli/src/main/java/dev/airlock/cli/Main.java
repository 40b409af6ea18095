package dev.airlock.cli;

import dev.airlock.local.LocalServerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The {@code airlock} command. */
@Command(
    name = "airlock",
    description = "From data through the gate to live predictions.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      WorkerCommand.class,
      WebCommand.class,
      ServeCommand.class,
      PipelinesCommand.class,
      RunsCommand.class,
      ApprovalsCommand.class,
      ModelsCommand.class,
      DatasetsCommand.class,
      ConnectionsCommand.class,
      SecretsCommand.class,
      PoolsCommand.class,
      EventCommand.class,
      RunCommand.class,
      ResumeCommand.class,
      BackfillCommand.class,
      TryCommand.class,
      CancelCommand.class,
      LogsCommand.class,
      ReplayCommand.class,
      ApproveCommand.class,
      RejectCommand.class,
      WithdrawCommand.class,
      RevokeCommand.class,
      PoliciesCommand.class,
      PolicyCommand.class,
      RollbackCommand.class,
      RolloutsCommand.class,
      RolloutCommand.class,
      MonitorsCommand.class,
      AlertsCommand.class,
      AcknowledgeCommand.class,
      FeedbackCommand.class,
      PublishCommand.class,
      CheckCommand.class,
      NewCommand.class,
      AuditCommand.class,
      UsersCommand.class,
      UserCommand.class,
      TokenCommand.class
    },
    footer = "In a checkout, ./airlock test runs all tests.")
public final class Main implements Runnable {

  private Main() {}

  /** Runs one command and ends with its exit code: 0 done, 1 failed, 2 wrong use, 3 unreachable. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main()).setExecutionExceptionHandler(Main::explain);
  }

  private static int explain(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof CommandException expected) {
      command.getErr().println(expected.getMessage());
      return expected.exitCode();
    }
    if (e instanceof LocalServerException expected) {
      command.getErr().println(expected.getMessage());
      return CommandException.FAILED;
    }
    command.getErr().println("airlock failed, and did not expect it: please report this.");
    e.printStackTrace(command.getErr());
    return CommandException.FAILED;
  }

  @Override
  public void run() {
    throw CommandException.wrongUse(commandLine().getUsageMessage());
  }

  /** What {@code --version} prints. */
  static final class Version implements CommandLine.IVersionProvider {

    @Override
    public String[] getVersion() {
      return new String[] {"airlock " + Distribution.build("version")};
    }
  }
}
