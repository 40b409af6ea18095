package dev.airlock.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * How a command ended.
 *
 * @param out what it printed
 * @param err what it complained of
 */
record Called(int exit, String out, String err) {

  /** Runs a command in this JVM. */
  static Called airlock(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exit = command.execute(arguments);
    return new Called(exit, out.toString(), err.toString());
  }
}
