package dev.airlock.cli;

import java.util.List;
import java.util.Locale;

/** Says what is being done, and on a terminal how far it has come. */
final class Meter {

  private static final long EVERY_NANOS = 200_000_000;

  private final Terminal terminal;
  private final boolean isQuiet;
  private final long begun = System.nanoTime();
  private String step = "";
  private long bytes;
  private long shown;

  /** One that says nothing at all where it is quiet. */
  Meter(Terminal terminal, boolean isQuiet) {
    this.terminal = terminal;
    this.isQuiet = isQuiet;
  }

  /** Begins a step. */
  void step(String what) {
    step = what;
    bytes = 0;
    shown = 0;
    if (!isQuiet && !terminal.isInteractive()) {
      terminal.line(what);
    }
    show();
  }

  /** So many bytes were moved. */
  void moved(long more) {
    bytes += more;
    show();
  }

  private void show() {
    long now = System.nanoTime();
    if (!isQuiet && terminal.isInteractive() && (shown == 0 || now - shown > EVERY_NANOS)) {
      shown = now;
      terminal.redraw(
          List.of(terminal.faint(step + (bytes == 0 ? " …" : ": " + size(bytes) + " …"))));
    }
  }

  double seconds() {
    return (System.nanoTime() - begun) / 1_000_000_000.0;
  }

  /** {@code 950 B}, {@code 12.3 MB}; powers of ten. */
  static String size(long bytes) {
    double value = bytes;
    String unit = "B";
    for (String larger : List.of("kB", "MB", "GB", "TB")) {
      if (value < 1000) {
        break;
      }
      value /= 1000;
      unit = larger;
    }
    return unit.equals("B") ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, unit);
  }
}
