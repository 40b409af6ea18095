package dev.airlock.cli;

import java.io.PrintWriter;
import java.util.List;

/**
 * What a person sees. Colours, and lines that change in place, only where the output is a terminal.
 */
final class Terminal {

  private final PrintWriter out;
  private final boolean isInteractive;
  private int redrawn;

  Terminal(PrintWriter out, boolean isInteractive) {
    this.out = out;
    this.isInteractive = isInteractive;
  }

  /** A terminal where there is one; Java 17, which this is built for, has no console otherwise. */
  @SuppressWarnings("SystemConsoleNull")
  static Terminal of(PrintWriter out) {
    return new Terminal(out, System.console() != null && System.getenv("NO_COLOR") == null);
  }

  boolean isInteractive() {
    return isInteractive;
  }

  void line(String text) {
    out.println(text);
    out.flush();
    redrawn = 0;
  }

  /** Shows lines in place of those that the last call showed, if nothing was printed since. */
  void redraw(List<String> lines) {
    if (redrawn > 0) {
      out.print("\u001b[" + redrawn + "A");
    }
    lines.forEach(line -> out.println("\u001b[2K" + line));
    out.flush();
    redrawn = lines.size();
  }

  String bold(String text) {
    return styled("1", text);
  }

  String faint(String text) {
    return styled("2", text);
  }

  String good(String text) {
    return styled("32", text);
  }

  String bad(String text) {
    return styled("31", text);
  }

  String busy(String text) {
    return styled("36", text);
  }

  private String styled(String code, String text) {
    return isInteractive ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
